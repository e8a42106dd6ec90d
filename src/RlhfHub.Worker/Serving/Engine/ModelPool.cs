using RlhfHub.Training.Devices;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Serving;
using RlhfHub.Worker.Serving.Http;
using static TorchSharp.torch;

namespace RlhfHub.Worker.Serving.Engine;

/// <summary>
/// The models in memory. One is loaded when it is first asked for and stays until others need its room; a base is there once for all its adapters. Weights that
/// changed on disk are loaded afresh for new callers, while those who hold the old ones keep them to the end.
/// </summary>
internal sealed class ModelPool : IDisposable
{
    private readonly ServerSettings settings;
    private readonly ServingEngine engine;
    private readonly Device device;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim loading = new(1);               // one at a time: two would fight for the disk and for room
    private readonly Dictionary<string, LoadedBase> bases = [];    // by folder

    public ModelPool(ServerSettings settings, ServingEngine engine)
    {
        (this.settings, this.engine) = (settings, engine);
        device = DeviceChoice.Resolve(settings.Device);
        Catalogue = new ModelCatalogue(settings.ModelsFolder);
    }

    public ModelCatalogue Catalogue { get; }

    /// <summary>Weights in memory, in bytes.</summary>
    public long UsedBytes
    {
        get
        {
            lock (gate) return bases.Values.Sum(loaded => loaded.SizeBytes);
        }
    }

    /// <summary>What is in memory, by folder.</summary>
    public IReadOnlySet<string> LoadedFolders
    {
        get
        {
            lock (gate) return bases.Values.SelectMany(loaded => loaded.Adapters.Keys.Append(loaded.Folder)).ToHashSet();
        }
    }

    /// <summary>Takes a model into use, loading it where it is not there yet. Dispose the result when its last text has ended.</summary>
    /// <exception cref="ApiException">There is no such model, its files are not right, or there is no room.</exception>
    public async Task<ModelLease> AcquireAsync(string id, CancellationToken cancellationToken)
    {
        var entry = Catalogue.Find(id) ?? throw ApiException.NoModel(id);
        try
        {
            var folder = entry.IsAdapter ? Catalogue.BaseOf(entry) : entry.Folder;
            var loaded = Enter(folder);
            try
            {
                var host = await LoadAsync(loaded, cancellationToken);
                if (!entry.IsAdapter) return new ModelLease(entry.Id, host.Plain, () => Leave(loaded));
                var adapter = await AttachAsync(loaded, host, entry);
                return new ModelLease(entry.Id, adapter.Variant, () =>
                {
                    Leave(loaded, adapter);
                    Leave(loaded);
                });
            }
            catch
            {
                Leave(loaded);
                throw;
            }
        }
        catch (Exception problem) when (problem is ModelFileException or IOException or UnauthorizedAccessException)
        {
            throw new ApiException(500, $"The model '{id}' cannot be loaded: {problem.Message}") { Code = "model_not_loadable" };
        }
    }

    /// <summary>Puts a model out of memory as soon as nobody uses it.</summary>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> UnloadAsync(string id)
    {
        var entry = Catalogue.Find(id) ?? throw ApiException.NoModel(id);
        if (entry.IsAdapter) return await UnloadAdapterAsync(entry.Folder);
        LoadedBase? found;
        lock (gate) found = Retire(entry.Folder);
        if (found is null) return false;
        await engine.InvokeAsync(() => DisposeIfUnused(found));
        return true;
    }

    private async Task<bool> UnloadAdapterAsync(string folder)
    {
        LoadedBase? owner;
        LoadedAdapter? adapter;
        lock (gate)
        {
            owner = bases.Values.FirstOrDefault(loaded => loaded.Adapters.ContainsKey(folder));
            if (owner is null) return false;
            owner.Adapters.Remove(folder, out adapter);
            adapter!.IsRetired = true;
        }
        await engine.InvokeAsync(() => DetachIfUnused(owner, adapter));
        return true;
    }

    public void Dispose()
    {
        LoadedBase[] all;
        lock (gate) all = [.. bases.Values];
        foreach (var loaded in all) loaded.DisposeNow();
        loading.Dispose();
    }

    private LoadedBase Enter(string folder)
    {
        var changedAt = LastChange(folder);
        lock (gate)
        {
            if (bases.TryGetValue(folder, out var present) && present.ChangedAt != changedAt) Retire(folder);
            if (!bases.TryGetValue(folder, out var loaded)) bases.Add(folder, loaded = new LoadedBase(folder, changedAt));
            loaded.Users++;
            loaded.LastUsed = Environment.TickCount64;
            return loaded;
        }
    }

    private void Leave(LoadedBase loaded)
    {
        lock (gate)
        {
            loaded.Users--;
            loaded.LastUsed = Environment.TickCount64;
            if (loaded.Users > 0) return;
            // Nothing is kept of a load that failed: the next caller tries again.
            if (loaded.Host is null && bases.GetValueOrDefault(loaded.Folder) == loaded) bases.Remove(loaded.Folder);
            if (!loaded.IsRetired) return;
        }
        engine.Post(() => DisposeIfUnused(loaded));
    }

    private LoadedBase? Retire(string folder)
    {
        if (!bases.Remove(folder, out var loaded)) return null;
        loaded.IsRetired = true;
        return loaded;
    }

    private void Leave(LoadedBase loaded, LoadedAdapter adapter)
    {
        lock (gate)
        {
            adapter.Users--;
            if (adapter.Users > 0 || !adapter.IsRetired) return;
        }
        engine.Post(() => DetachIfUnused(loaded, adapter));
    }

    /// <summary>On the engine's thread.</summary>
    private bool DetachIfUnused(LoadedBase loaded, LoadedAdapter adapter)
    {
        lock (gate)
        {
            if (adapter.Users > 0) return false;
        }
        engine.Forget(adapter.Variant);
        loaded.Host?.Detach(adapter.Variant);
        NativeHeap.Tidy();
        return true;
    }

    /// <summary>On the engine's thread.</summary>
    private bool DisposeIfUnused(LoadedBase loaded)
    {
        lock (gate)
        {
            if (loaded.Users > 0) return false;
        }
        if (loaded.Host is not { } host) return false;
        engine.Forget(host.Plain);
        foreach (var adapter in loaded.Adapters.Values) engine.Forget(adapter.Variant);
        loaded.DisposeNow();
        NativeHeap.Tidy();
        return true;
    }

    private async Task<HostedModel> LoadAsync(LoadedBase loaded, CancellationToken cancellationToken)
    {
        if (loaded.Host is { } present) return present;
        await loading.WaitAsync(cancellationToken);
        try
        {
            if (loaded.Host is { } meanwhile) return meanwhile;
            var bytes = Directory.EnumerateFiles(loaded.Folder, "*.safetensors").Sum(file => new FileInfo(file).Length);
            await MakeRoomAsync(loaded, bytes);
            loaded.Use = CheckpointIn(loaded.Folder) is { } checkpoint ? CheckpointUse.TryBegin(checkpoint) : null;
            // Not on the engine's thread: streams go on while gigabytes are read.
            var host = await Task.Factory.StartNew(() => HostedModel.Load(loaded.Folder, device), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            loaded.Host = host;
            return host;
        }
        catch
        {
            loaded.Use?.Dispose();
            loaded.Use = null;
            throw;
        }
        finally
        {
            loading.Release();
        }
    }

    private async Task MakeRoomAsync(LoadedBase newcomer, long bytes)
    {
        if (bytes > settings.MemoryBytes)
            throw new ApiException(400, $"The model takes {Gigabytes(bytes)}; this server keeps {Gigabytes(settings.MemoryBytes)} of weights in memory at most (--memory-gb).") { Param = "model" };
        while (true)
        {
            LoadedBase? leaving;
            lock (gate)
            {
                var others = bases.Values.Where(loaded => loaded != newcomer).ToArray();
                if (others.Sum(loaded => loaded.SizeBytes) + bytes <= settings.MemoryBytes)
                {
                    newcomer.SizeBytes = bytes;
                    return;
                }
                leaving = others.Where(loaded => loaded.Users == 0 && loaded.Host is not null).MinBy(loaded => loaded.LastUsed)
                    ?? throw ApiException.Busy("All models in memory are in use, and there is no room for another.", 5, status: 503);
                Retire(leaving.Folder);
            }
            await engine.InvokeAsync(() => DisposeIfUnused(leaving));
        }
    }

    private async Task<LoadedAdapter> AttachAsync(LoadedBase loaded, HostedModel host, CatalogueEntry entry) =>
        Present(loaded, entry) ?? await engine.InvokeAsync(() =>
        {
            if (Present(loaded, entry) is { } meanwhile) return meanwhile;
            var adapter = new LoadedAdapter(host.Attach(entry.Folder), entry.ChangedAt) { Users = 1 };
            LoadedAdapter? old;
            lock (gate)
            {
                if (loaded.Adapters.Remove(entry.Folder, out old)) old.IsRetired = true;
                loaded.Adapters.Add(entry.Folder, adapter);
            }
            if (old is not null) DetachIfUnused(loaded, old);
            return adapter;
        });

    /// <summary>The adapter as it lies on disk, taken into use; null when it is not in memory.</summary>
    private LoadedAdapter? Present(LoadedBase loaded, CatalogueEntry entry)
    {
        lock (gate)
        {
            if (!loaded.Adapters.TryGetValue(entry.Folder, out var adapter) || adapter.ChangedAt != entry.ChangedAt) return null;
            adapter.Users++;
            return adapter;
        }
    }

    private static Checkpoint? CheckpointIn(string folder) =>
        Path.GetDirectoryName(Path.GetDirectoryName(folder)) is { } run && File.Exists(Path.Combine(run, "run.json"))
            ? Checkpoint.List(RunFolder.Open(run)).FirstOrDefault(checkpoint => checkpoint.Path == folder)
            : null;

    private static DateTime LastChange(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.safetensors").Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Max() : default;

    private static string Gigabytes(long bytes) => FormattableString.Invariant($"{bytes / 1e9:0.0} GB");

    private sealed class LoadedAdapter(HostedVariant variant, DateTime changedAt)
    {
        public HostedVariant Variant => variant;

        public DateTime ChangedAt => changedAt;

        public int Users { get; set; }

        public bool IsRetired { get; set; }
    }

    /// <summary>A base in memory, or on its way there.</summary>
    private sealed class LoadedBase(string folder, DateTime changedAt)
    {
        public string Folder => folder;

        public DateTime ChangedAt => changedAt;

        public HostedModel? Host { get; set; }

        public CheckpointUse? Use { get; set; }

        public long SizeBytes { get; set; }

        public int Users { get; set; }

        public long LastUsed { get; set; }

        public bool IsRetired { get; set; }

        /// <summary>The adapters that new callers get, by folder.</summary>
        public Dictionary<string, LoadedAdapter> Adapters { get; } = [];

        public void DisposeNow()
        {
            Host?.Dispose();
            Host = null;
            Use?.Dispose();
        }
    }
}

/// <summary>A model in use: it stays in memory until this is disposed.</summary>
internal sealed class ModelLease(string id, HostedVariant variant, Action leave) : IDisposable
{
    private Action? leave = leave;

    public string Id => id;

    public HostedVariant Variant => variant;

    public HostedModel Host => variant.Host;

    public void Dispose() => Interlocked.Exchange(ref leave, null)?.Invoke();
}
