using static TorchSharp.torch;

namespace RlhfHub.Training.Models.Safetensors;

/// <summary>
/// Memory for the slice that is being converted, kept between tensors: one allocated and freed for each lets small neighbours settle in the gap, and half the
/// weights' size stays with the process.
/// </summary>
internal sealed class StagingBuffer : IDisposable
{
    private Tensor? buffer;
    private bool isDisposed;

    /// <summary>A contiguous CPU view of the given length, to be disposed by the caller; its contents are whatever was there.</summary>
    public Tensor Take(ScalarType type, long elements)
    {
        ObjectDisposedException.ThrowIf(isDisposed, typeof(SafetensorsFile));
        if (buffer is null || buffer.dtype != type || buffer.numel() < elements)
        {
            buffer?.Dispose();
            buffer = empty(elements, type).DetachFromDisposeScope();
        }
        return buffer.narrow(0, 0, elements);
    }

    public void Dispose()
    {
        buffer?.Dispose();
        isDisposed = true;
    }
}
