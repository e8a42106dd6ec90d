using static TorchSharp.torch;

namespace RlhfHub.Training.Models.Safetensors;

/// <summary>Walks a tensor in pieces of bounded size: spans end at 2 GiB, and copies of whole tensors would double the memory.</summary>
public static class TensorSlices
{
    /// <summary>Calls <paramref name="visit"/> with views that together are the tensor, in row-major order, the order of a file.</summary>
    /// <param name="tensor">Any dense tensor; an empty one has no slices.</param>
    /// <param name="maxElements">The most elements in one view; at least 1.</param>
    /// <param name="visit">Is lent each view, which is disposed afterwards. Views of a contiguous tensor are flat; others keep their dimensions.</param>
    public static void ForEach(Tensor tensor, long maxElements, Action<Tensor> visit)
    {
        if (tensor.numel() == 0) return;
        if (tensor.is_contiguous())
        {
            using var flat = tensor.view(-1);
            ForEachRange(flat, maxElements, visit);
            return;
        }

        var rows = tensor.size(0);
        var rowElements = tensor.numel() / rows;
        if (rowElements <= maxElements)
        {
            ForEachRange(tensor, maxElements / rowElements, visit);
            return;
        }
        for (long row = 0; row < rows; row++)
        {
            using var part = tensor.select(0, row);
            ForEach(part, maxElements, visit);
        }
    }

    private static void ForEachRange(Tensor tensor, long maxRows, Action<Tensor> visit)
    {
        var rows = tensor.size(0);
        for (long start = 0; start < rows; start += maxRows)
        {
            using var slice = tensor.narrow(0, start, Math.Min(maxRows, rows - start));
            visit(slice);
        }
    }
}
