using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RlhfHub.Training.Models.Layers;

/// <summary>
/// x Wᵀ + b by the quicker of the two libraries within libtorch. Its float32 products are MKL's, which on other processors than Intel's leaves half of AVX-512
/// lying; its convolutions are oneDNN's, which on AMD's does not, and a convolution one position wide is the same product.
/// </summary>
/// <remarks>The choice is made by shapes and the processor alone, never by timing: a resumed run must compute what the first one did.</remarks>
internal static class LinearProduct
{
    // A convolution of new shape has to be compiled, in a millisecond or three, and its work space lies between the tensors of a heap that grows with every new size. Batches of one size, as packed data and full batches give
    // them, come to a few shapes; batches of every length would come to hundreds.
    private const long RowsStep = 512;

    // The weight is laid out anew in a copy, and its gradient is slow where it is narrow.
    private const long MinOperations = 1 << 24;
    private const long MinWidth = 128;
    private const long MaxWeights = 8 << 20;

    // Other makers' processors than these two tell their caches in ways of their own.
    private static readonly bool IsConvolutionQuicker = Avx512F.IsSupported && X86Base.CpuId(0, 0).Ecx == LastLettersOf("AuthenticAMD") && TellsItsCaches();

    /// <summary>The product, differentiable in all three.</summary>
    /// <param name="input">(…, in).</param>
    /// <param name="weight">(out, in).</param>
    /// <param name="bias">(out).</param>
    /// <returns>(…, out).</returns>
    public static Tensor Of(Tensor input, Tensor weight, Tensor? bias = null) =>
        IsConvolutionQuicker && IsWorthwhile(input, weight) ? ByConvolution(input, weight, bias) : functional.linear(input, weight, bias);

    /// <summary>The same by a convolution one position wide: rows are positions of one image, their numbers its channels. Nothing is copied, for so laid out
    /// (channels last) oneDNN takes images and gives them back.</summary>
    private static Tensor ByConvolution(Tensor input, Tensor weight, Tensor? bias = null)
    {
        var (outputs, inputs) = (weight.size(0), weight.size(1));
        using var rows = input.reshape(1, -1, 1, inputs);                     // (1, rows, 1, in)
        using var image = rows.permute(0, 3, 1, 2);                           // (1, in, rows, 1)
        using var kernel = weight.reshape(outputs, inputs, 1, 1);
        using var mixed = functional.conv2d(image, kernel, bias);             // (1, out, rows, 1)
        using var output = mixed.permute(0, 2, 3, 1);                         // (1, rows, 1, out)
        return output.reshape([.. input.shape[..^1], outputs]);
    }

    private static bool IsWorthwhile(Tensor input, Tensor weight)
    {
        var (outputs, inputs) = (weight.size(0), weight.size(1));
        return input.numel() / inputs % RowsStep == 0 && outputs >= MinWidth && inputs >= MinWidth && weight.numel() <= MaxWeights && input.numel() * outputs >= MinOperations
            && input.dtype == ScalarType.Float32 && weight.dtype == ScalarType.Float32 && input.device_type == DeviceType.CPU
            && get_num_threads() > 1;   // on one thread libtorch convolves by MKL's products
    }

    /// <summary>Some virtual machines hide the caches. oneDNN then cuts its convolutions by guessed sizes: outputs that fill no whole block come out wrong, and
    /// some shapes divide by zero, which ends the process.</summary>
    private static bool TellsItsCaches()
    {
        const int lastLeaf = unchecked((int)0x80000000), cacheLeaf = unchecked((int)0x8000001d), caches = 4;   // first-level data and code, second, third
        return (uint)X86Base.CpuId(lastLeaf, 0).Eax >= unchecked((uint)cacheLeaf) && Enumerable.Range(0, caches).All(cache => (X86Base.CpuId(cacheLeaf, cache).Eax & 31) != 0);
    }

    private static int LastLettersOf(string maker) => BitConverter.ToInt32(System.Text.Encoding.ASCII.GetBytes(maker), 8);
}
