using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Tests.Runs;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly RunSample sample = new();
    private readonly RunLock held;
    private readonly CheckpointStore store;

    public CheckpointStoreTests()
    {
        held = sample.Lock();
        store = CheckpointStore.Open(held);
    }

    public void Dispose()
    {
        held.Dispose();
        sample.Dispose();
    }

    [Fact]
    public void Save_Files_AreWholeAndDescribed()
    {
        var saved = store.Save(20, RunSample.Machine, RunSample.Files(20), "request-1");

        Assert.Null(saved.FindDamage());
        var manifest = saved.ReadManifest();
        Assert.Equal((1, 20, RunSample.Machine, "request-1"), (manifest.SchemaVersion, manifest.Step, manifest.Machine, manifest.ServedRequest));
        Assert.Equal(["model.safetensors", "optimizer/state.safetensors", "state.json"], manifest.Files.Select(file => file.Path));
        Assert.Equal([3000, 1000], manifest.Files.Take(2).Select(file => file.SizeBytes));
        Assert.Equal(20, TrainingState.Read(saved.Path).Step);
        Assert.Equal([saved], Checkpoint.List(sample.Folder));
        Assert.Equal(saved, store.FindNewestWhole().Newest);
    }

    [Fact]
    public void Save_TwiceTheSame_IsTheSameFolderToTheLastByte()
    {
        RunSample.Copy(store.Save(5, RunSample.Machine, RunSample.Files(5)).Path, sample.Elsewhere);

        var again = store.Save(5, RunSample.Machine, RunSample.Files(5));

        Assert.Null(again.FindDamage());
        foreach (var file in Directory.GetFiles(again.Path, "*", SearchOption.AllDirectories))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(sample.Elsewhere, Path.GetRelativePath(again.Path, file))));
        Assert.Single(Directory.GetFileSystemEntries(sample.Folder.CheckpointsFolder));
    }

    [Fact]
    public void List_ManySteps_IsInOrderOfNumbers()
    {
        foreach (var step in new[] { 100, 20, 3 }) store.Save(step, RunSample.Machine, RunSample.Files(step));
        foreach (var name in new[] { "step-", "step-07", "step--1", "step-9x", "step-5.bak", "best" }) Directory.CreateDirectory(Path.Combine(sample.Folder.CheckpointsFolder, name));

        Assert.Equal([3L, 20, 100], Checkpoint.List(sample.Folder).Select(checkpoint => checkpoint.Step));
    }

    [Fact]
    public void FindNewestWhole_NoCheckpoint_IsNone() => Assert.Null(store.FindNewestWhole().Newest);

    [Fact]
    public void FindNewestWhole_FiftyDamagedOnes_TakesTheOlderAndNamesThem()
    {
        var random = new Random(20261123);
        var older = store.Save(10, RunSample.Machine, RunSample.Files(10));
        var kinds = new Dictionary<string, int>();
        for (var round = 0; round < 50; round++)
        {
            var newer = store.Save(20, RunSample.Machine, RunSample.Files(20));
            var kind = CheckpointDamage.Inflict(newer.Path, round, random);
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;

            var search = store.FindNewestWhole();

            Assert.True(search.Newest == older, $"Round {round}: {kind} was not noticed.");
            var passedOver = Assert.Single(search.PassedOver);
            Assert.Equal(newer, passedOver.Checkpoint);
            Assert.StartsWith(newer.Path, passedOver.Damage);
        }
        Assert.Equal(CheckpointDamage.Kinds.Count, kinds.Count);
        Assert.All(kinds.Values, count => Assert.True(count >= 7));
    }

    [Fact]
    public void FindNewestWhole_EveryByteOfTheManifestChanged_IsNoticed()
    {
        var saved = store.Save(1, RunSample.Machine, RunSample.Files(1, 30));
        foreach (var name in new[] { "manifest.json", "manifest.json.sha256" })
        {
            var file = Path.Combine(saved.Path, name);
            var bytes = File.ReadAllBytes(file);
            for (var place = 0; place < bytes.Length; place++)
            {
                var flip = (byte)(1 << (place % 8));
                bytes[place] ^= flip;
                File.WriteAllBytes(file, bytes);
                Assert.NotNull(saved.FindDamage());
                bytes[place] ^= flip;
            }
            File.WriteAllBytes(file, bytes);
        }
        Assert.Null(saved.FindDamage());
    }

    [Fact]
    public void FindDamage_CopiedUnderAnotherStep_IsNoticed()
    {
        var saved = store.Save(1, RunSample.Machine, RunSample.Files(1));
        RunSample.Copy(saved.Path, sample.Folder.CheckpointFolder(2));

        Assert.Equal($"{Path.Combine(sample.Folder.CheckpointFolder(2), "manifest.json")}: 'step' is 1; the folder's name says 2.", new Checkpoint(2, sample.Folder.CheckpointFolder(2)).FindDamage());
    }

    [Fact]
    public void FindDamage_EachKind_SaysWhatIsWrong()
    {
        string Damage(Action<string> inflict)
        {
            var saved = store.Save(1, RunSample.Machine, RunSample.Files(1));
            inflict(saved.Path);
            return saved.FindDamage()!;
        }
        var folder = sample.Folder.CheckpointFolder(1);
        var model = Path.Combine(folder, "model.safetensors");

        Assert.Equal($"{model} has 5 bytes; the manifest says 3000.", Damage(_ => File.WriteAllBytes(model, new byte[5])));
        Assert.Equal($"{model} was changed: its SHA-256 is not the manifest's.", Damage(_ => File.WriteAllBytes(model, new byte[3000])));
        Assert.Equal($"{model} is missing.", Damage(_ => File.Delete(model)));
        Assert.Equal($"{model}.bak is not in the manifest.", Damage(_ => File.WriteAllBytes(model + ".bak", [])));
        Assert.Equal($"{Path.Combine(folder, "manifest.json")} is missing.", Damage(path => File.Delete(Path.Combine(path, "manifest.json"))));
    }

    [Fact]
    public void FindDamage_LinkInThePlaceOfAFile_IsNoticed()
    {
        var saved = store.Save(1, RunSample.Machine, RunSample.Files(1));
        var file = Path.Combine(saved.Path, "model.safetensors");
        File.Move(file, sample.Elsewhere);
        File.CreateSymbolicLink(file, sample.Elsewhere);

        Assert.Equal($"{file} is a link; expected files only.", saved.FindDamage());
    }

    [Fact]
    public void Save_KilledAfterEachStage_LeavesWholeCheckpointsOnly()
    {
        store.Save(10, RunSample.Machine, RunSample.Files(10));
        var stages = new List<SaveStage>();
        store.AfterStage = stage =>
        {
            stages.Add(stage);
            // What a kill at this moment would leave: no cleaning up has run.
            CopyCheckpoints(stages.Count);
        };
        store.Save(20, RunSample.Machine, RunSample.Files(20));

        Assert.Equal(Enum.GetValues<SaveStage>(), stages);
        for (var i = 0; i < stages.Count; i++) AssertRecovers(i + 1, expectedStep: stages[i] == SaveStage.Renamed ? 20 : 10);
    }

    [Fact]
    public void Save_KilledWhileReplacing_LeavesTheOldOrTheNew()
    {
        store.Save(10, RunSample.Machine, RunSample.Files(10));
        var stages = 0;
        store.AfterStage = _ => CopyCheckpoints(++stages);
        store.Save(10, RunSample.Machine with { Threads = 1 }, RunSample.Files(10));

        for (var stage = 1; stage <= stages; stage++)
        {
            var recovered = AssertRecovers(stage, expectedStep: 10);
            Assert.Equal(stage == stages ? 1 : 2, recovered.Machine.Threads);
        }
    }

    [Fact]
    public void Save_WriterThrows_LeavesNothing()
    {
        store.Save(10, RunSample.Machine, RunSample.Files(10));

        Assert.Throws<InvalidOperationException>(() => store.Save(20, RunSample.Machine, folder =>
        {
            RunSample.Files(20)(folder);
            throw new InvalidOperationException();
        }));

        Assert.Equal([sample.Folder.CheckpointFolder(10)], Directory.GetFileSystemEntries(sample.Folder.CheckpointsFolder));
    }

    [Fact]
    public void Prune_LastAndEveryNth_KeepsThoseInUseToo()
    {
        for (var step = 10; step <= 100; step += 10) store.Save(step, RunSample.Machine, RunSample.Files(step, 30));
        var served = new Checkpoint(20, sample.Folder.CheckpointFolder(20));
        using (var first = CheckpointUse.TryBegin(served))
        using (var second = CheckpointUse.TryBegin(served))
        {
            Assert.NotNull(first);
            Assert.NotNull(second);

            var deleted = store.Prune(new PrunePolicy { KeepLast = 2, KeepEvery = 40 }, new HashSet<long> { 50 });

            Assert.Equal([10L, 30, 60, 70], deleted.Select(checkpoint => checkpoint.Step));
            Assert.Equal([20L, 40, 50, 80, 90, 100], Checkpoint.List(sample.Folder).Select(checkpoint => checkpoint.Step));
            Assert.Null(served.FindDamage());
        }

        Assert.Equal([20L, 50], store.Prune(new PrunePolicy { KeepLast = 2, KeepEvery = 40 }).Select(checkpoint => checkpoint.Step));
        Assert.Null(CheckpointUse.TryBegin(served));
        Assert.All(Directory.GetFileSystemEntries(sample.Folder.CheckpointsFolder), entry => Assert.StartsWith("step-", Path.GetFileName(entry)));
    }

    [Fact]
    public void Prune_DamagedOne_IsDeletedAndNotCounted()
    {
        foreach (var step in new[] { 10, 20, 30 }) store.Save(step, RunSample.Machine, RunSample.Files(step));
        File.Delete(Path.Combine(sample.Folder.CheckpointFolder(30), "state.json"));
        store.FindNewestWhole();

        var deleted = store.Prune(new PrunePolicy { KeepLast = 2 });

        Assert.Equal([30L], deleted.Select(checkpoint => checkpoint.Step));
        Assert.Equal([10L, 20], Checkpoint.List(sample.Folder).Select(checkpoint => checkpoint.Step));
    }

    private void CopyCheckpoints(int copy) => RunSample.Copy(sample.Folder.CheckpointsFolder, Path.Combine(sample.Elsewhere, $"{copy}", "checkpoints"));

    private CheckpointManifest AssertRecovers(int copy, long expectedStep)
    {
        var folder = Path.Combine(sample.Elsewhere, $"{copy}");
        File.WriteAllText(Path.Combine(folder, "run.json"), "{}");
        using var other = RunLock.Acquire(RunFolder.Open(folder), TimeProvider.System);
        var recovered = CheckpointStore.Open(other);

        var search = recovered.FindNewestWhole();

        Assert.Empty(search.PassedOver);
        Assert.Equal(expectedStep, search.Newest!.Step);
        Assert.All(Directory.GetFileSystemEntries(other.Folder.CheckpointsFolder), entry => Assert.StartsWith("step-", Path.GetFileName(entry)));
        return search.Newest.ReadManifest();
    }
}
