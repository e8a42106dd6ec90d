using RlhfHub.Training.Devices;
using RlhfHub.Training.Models;
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
    private readonly SemaphoreSlim loading = new(1);                // one at a time: two would fight for the disk and for room
    private readonly Dictionary<string, LoadedBase> bases = [];     // what new callers get, by folder
    private readonly List<LoadedWeights> resident = [];             // everything in memory, what is retired but still in use included

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
            lock (gate) return resident.Sum(weights => weights.SizeBytes);
        }
    }

    /// <summary>What new callers find in memory, by folder.</summary>
    public IReadOnlySet<string> LoadedFolders
    {
        get
        {
            lock (gate) return resident.Where(weights => !weights.IsRetired).Select(weights => weights.Folder).ToHashSet();
        }
    }

    /// <summary>Takes a model into use, loading it where it is not there yet. Dispose the result when its last text has ended.</summary>
    /// <exception cref="ApiException">There is no such model, its files are not right, or there is no room.</exception>
    public async Task<ModelLease> AcquireAsync(string id, CancellationToken cancellationToken)
    {
        var entry = Catalogue.Find(id) ?? throw ApiException.NoModel(id);
        try
        {
            var loaded = Enter(entry.IsAdapter ? Catalogue.BaseOf(entry) : entry.Folder);
            try
            {
                var host = loaded.Host ?? await LoadAsync(loaded, cancellationToken);
                if (!entry.IsAdapter) return new ModelLease(entry.Id, host.Plain, () => Leave(loaded));
                var adapter = Enter(loaded, entry) ?? await AttachAsync(loaded, host, entry, cancellationToken);
                return new ModelLease(entry.Id, adapter.Variant, () =>
                {
                    Leave(adapter);
                    Leave(loaded);
                });
            }
            catch
            {
                Leave(loaded);
                throw;
            }
        }
        catch (Exception problem) when (problem is ModelFileException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ApiException(500, $"The model '{id}' cannot be loaded: {problem.Message}") { Code = "model_not_loadable" };
        }
    }

    /// <summary>Puts a model out of memory as soon as nobody uses it, whether or not it is still on disk.</summary>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> UnloadAsync(string id)
    {
        LoadedWeights? found;
        lock (gate)
        {
            found = Catalogue.PlaceOf(id) is { } folder ? resident.Find(weights => !weights.IsRetired && weights.Folder == folder) : null;
            if (found is not null) Retire(found);
        }
        if (found is null) return Catalogue.Find(id) is null ? throw ApiException.NoModel(id) : false;
        await engine.InvokeAsync(() => ReleaseIfUnused(found));
        return true;
    }

    public void Dispose()
    {
        foreach (var loaded in resident.OfType<LoadedBase>().ToArray()) loaded.Release();
        loading.Dispose();
    }

    private LoadedBase Enter(string folder)
    {
        var changedAt = LastChange(folder);
        lock (gate)
        {
            if (bases.TryGetValue(folder, out var present) && present.ChangedAt != changedAt) Retire(present);
            if (!bases.TryGetValue(folder, out var loaded))
            {
                bases.Add(folder, loaded = new LoadedBase(folder, changedAt));
                resident.Add(loaded);
            }
            loaded.Enter();
            return loaded;
        }
    }

    /// <summary>The adapter as it lies on disk; null when it is not in memory.</summary>
    private LoadedAdapter? Enter(LoadedBase loaded, CatalogueEntry entry)
    {
        lock (gate)
        {
            if (loaded.Adapters.GetValueOrDefault(entry.Folder) is not { } adapter || adapter.ChangedAt != entry.ChangedAt) return null;
            adapter.Enter();
            return adapter;
        }
    }

    private void Leave(LoadedWeights weights)
    {
        lock (gate)
        {
            weights.Leave();
            if (weights.Users > 0) return;
            // Nothing is kept of a load that failed: the next caller tries again.
            if (weights is LoadedBase { Host: null }) Retire(weights);
            if (!weights.IsRetired) return;
        }
        engine.Post(() => ReleaseIfUnused(weights));
    }

    /// <summary>Within the gate: new callers do not get it any more.</summary>
    private void Retire(LoadedWeights weights)
    {
        weights.IsRetired = true;
        if (weights is LoadedAdapter adapter) adapter.Owner.Adapters.Remove(weights.Folder);
        else if (bases.GetValueOrDefault(weights.Folder) == weights) bases.Remove(weights.Folder);
    }

    /// <summary>On the engine's thread.</summary>
    private bool ReleaseIfUnused(LoadedWeights weights)
    {
        LoadedAdapter[] above;
        lock (gate)
        {
            if (weights.Users > 0 || !resident.Remove(weights)) return false;
            // Who uses an adapter uses its base: nobody uses these.
            above = [.. resident.OfType<LoadedAdapter>().Where(adapter => adapter.Owner == weights)];
            foreach (var adapter in above) resident.Remove(adapter);
        }
        foreach (var variant in above.Select(adapter => adapter.Variant).Concat(weights.Variants)) engine.Forget(variant);
        foreach (var adapter in above) adapter.Release();
        weights.Release();
        NativeHeap.Tidy();
        return true;
    }

    private async Task<HostedModel> LoadAsync(LoadedBase loaded, CancellationToken cancellationToken)
    {
        await loading.WaitAsync(cancellationToken);
        try
        {
            if (loaded.Host is { } meanwhile) return meanwhile;
            await MakeRoomAsync(loaded, Bytes(loaded.Folder));
            loaded.Hold();
            // Not on the engine's thread: streams go on while gigabytes are read.
            return loaded.Host = await Task.Factory.StartNew(() => HostedModel.Load(loaded.Folder, device), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch
        {
            loaded.LetGo();
            throw;
        }
        finally
        {
            loading.Release();
        }
    }

    private async Task<LoadedAdapter> AttachAsync(LoadedBase loaded, HostedModel host, CatalogueEntry entry, CancellationToken cancellationToken)
    {
        await loading.WaitAsync(cancellationToken);
        try
        {
            if (Enter(loaded, entry) is { } meanwhile) return meanwhile;
            var adapter = new LoadedAdapter(loaded, entry.Folder, entry.ChangedAt);
            await MakeRoomAsync(adapter, Bytes(entry.Folder));
            adapter.Hold();
            try
            {
                // Where the base computes: an adapter changes its layers.
                adapter.Variant = await engine.InvokeAsync(() => host.Attach(entry.Folder));
            }
            catch
            {
                adapter.LetGo();
                throw;
            }
            LoadedAdapter? old;
            lock (gate)
            {
                old = loaded.Adapters.GetValueOrDefault(entry.Folder);
                if (old is not null) Retire(old);
                loaded.Adapters.Add(entry.Folder, adapter);
                resident.Add(adapter);
                adapter.Enter();
            }
            if (old is not null) await engine.InvokeAsync(() => ReleaseIfUnused(old));
            return adapter;
        }
        finally
        {
            loading.Release();
        }
    }

    private async Task MakeRoomAsync(LoadedWeights newcomer, long bytes)
    {
        if (bytes > settings.MemoryBytes)
            throw new ApiException(400, $"The model takes {Gigabytes(bytes)}; this server keeps {Gigabytes(settings.MemoryBytes)} of weights in memory at most (--memory-gb).") { Param = "model" };
        while (true)
        {
            LoadedWeights leaving;
            lock (gate)
            {
                if (resident.Sum(weights => weights.SizeBytes) + bytes <= settings.MemoryBytes)
                {
                    newcomer.SizeBytes = bytes;
                    return;
                }
                leaving = resident.Where(weights => weights.Users == 0 && weights != newcomer).MinBy(weights => weights.LastUsed)
                    ?? throw ApiException.Busy("All models in memory are in use, and there is no room for another.", 5, status: 503);
                Retire(leaving);
            }
            await engine.InvokeAsync(() => ReleaseIfUnused(leaving));
        }
    }

    private static DateTime LastChange(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.safetensors").Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Max() : default;

    private static long Bytes(string folder) => Directory.EnumerateFiles(folder, "*.safetensors").Sum(file => new FileInfo(file).Length);

    private static string Gigabytes(long bytes) => FormattableString.Invariant($"{bytes / 1e9:0.0} GB");
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
