using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>The state of torch's process-wide generators, for checkpoints.</summary>
internal static class RandomState
{
    private const string Cpu = "torch.cpu";

    public static IReadOnlyDictionary<string, byte[]> Capture()
    {
        using var state = random.get_rng_state();
        return new Dictionary<string, byte[]> { [Cpu] = state.data<byte>().ToArray() };
    }

    public static void Restore(IReadOnlyDictionary<string, byte[]> states)
    {
        if (!states.TryGetValue(Cpu, out var bytes)) return;
        using var state = tensor(bytes, dtype: ScalarType.Byte);
        random.set_rng_state(state);
    }
}

/// <summary>Tells running out of memory from other failures of libtorch, which reports all alike.</summary>
internal static class OutOfMemory
{
    public static bool Is(Exception error) =>
        error is OutOfMemoryException
        || error.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || error.Message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase);
}
