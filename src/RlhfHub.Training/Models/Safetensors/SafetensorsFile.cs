using System.Buffers.Binary;
using static TorchSharp.torch;

namespace RlhfHub.Training.Models.Safetensors;

/// <summary>
/// A safetensors file, opened and checked, whose tensors are copied through memory maps straight into libtorch's memory. Format:
/// https://github.com/huggingface/safetensors#format.
/// </summary>
/// <remarks>
/// Everything the header says is checked when the file is opened, except whether a type can be read: a file may hold <c>F8_E4M3</c> beside what is
/// wanted, so an unreadable type is refused when its tensor is read. The file must not change while it is open.
/// One thread at a time may read.
/// </remarks>
public sealed class SafetensorsFile : ISafetensorsSource, IDisposable
{
    /// <summary>The longest header that is accepted, as in the reference library.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    private const int LengthBytes = sizeof(ulong);

    // The most that is mapped beside the tensor itself, and the most that is converted at once: small enough for the processor's cache.
    private const long MappedSliceBytes = 16 << 20;
    private const long ConvertedSliceBytes = 4 << 20;

    private readonly StagingBuffer staging = new();
    private readonly MappedFile data;
    private readonly SafetensorsHeader header;

    private SafetensorsFile(string path, MappedFile data, SafetensorsHeader header)
    {
        Location = path;
        this.data = data;
        this.header = header;
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <summary>The tensors by name, in the order of the header.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => header.Entries;

    /// <summary>The texts under <c>__metadata__</c>, for instance <c>format</c>: <c>pt</c>; empty when the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="ModelFileException">The file is absent, cut off, or not what the format asks for; the message says where.</exception>
    public static SafetensorsFile Open(string path)
    {
        LittleEndian.Require();
        var data = MappedFile.Open(path);
        try
        {
            return new SafetensorsFile(path, data, ReadHeader(data, path));
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Tensor Read(string name, ScalarType? dtype = null, Device? device = null)
    {
        var entry = Find(name);
        var tensor = empty([.. entry.Shape], dtype ?? TypeOf(entry), device ?? CPU);
        try
        {
            CopyTo(name, tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void CopyTo(string name, Tensor destination)
    {
        var entry = Find(name);
        var type = TypeOf(entry);
        if (!entry.Shape.SequenceEqual(destination.shape))
        {
            throw new ModelFileException(
                $"{Location}: tensor {MessageText.Quote(name)} has shape {MessageText.Shape(entry.Shape)}; expected {MessageText.Shape(destination.shape)}.");
        }
        if (entry.SizeBytes == 0) return;

        using var noGrad = no_grad(); // a parameter that requires gradients may be written only outside of autograd
        var elementBytes = SafetensorsDType.SizeBytesOf(entry.DType)!.Value;
        var isDirect = destination.dtype == type && destination.device_type == TorchSharp.DeviceType.CPU && destination.is_contiguous();
        var sliceElements = isDirect ? MappedSliceBytes / elementBytes : ConvertedSliceBytes / Math.Max(elementBytes, destination.element_size());
        var offset = entry.OffsetBytes;
        TensorSlices.ForEach(destination, sliceElements, slice =>
        {
            if (isDirect) Fill(entry, slice, offset);
            else FillByConversion(entry, type, slice, offset);
            offset += slice.numel() * elementBytes;
        });
    }

    /// <summary>Closes the file. Tensors that were read stay.</summary>
    public void Dispose()
    {
        staging.Dispose();
        data.Dispose();
    }

    private static SafetensorsHeader ReadHeader(MappedFile data, string path)
    {
        if (data.SizeBytes < LengthBytes)
            throw new ModelFileException($"{path} has {data.SizeBytes} bytes; expected a safetensors file, which begins with a length of {LengthBytes} bytes.");
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        data.Copy(0, lengthBytes);

        // "version https://git-lfs.github.com/spec/v1": the usual way to have a file that is not the file.
        if (lengthBytes.SequenceEqual("version "u8))
            throw new ModelFileException($"{path} is a Git LFS pointer, not the weights; run 'git lfs pull' in its repository.");

        var length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > MaxHeaderBytes)
            throw new ModelFileException($"{path} claims a header of {length} bytes; expected at most {MaxHeaderBytes}: it is not a safetensors file.");
        var dataStart = LengthBytes + (long)length;
        if (dataStart > data.SizeBytes)
            throw new ModelFileException($"{path} claims a header of {length} bytes, but has only {data.SizeBytes} in all; it is cut off.");

        var json = new byte[length];
        data.Copy(LengthBytes, json);
        return SafetensorsHeader.Parse(json, path, dataStart, data.SizeBytes - dataStart);
    }

    private SafetensorsEntry Find(string name) =>
        header.Entries.TryGetValue(name, out var entry) ? entry : throw new ModelFileException($"{Location} holds no tensor {MessageText.Quote(name)}.");

    private ScalarType TypeOf(SafetensorsEntry entry) => SafetensorsDType.TypeOf(entry.DType) ?? throw new ModelFileException(
        $"{Location}: tensor {MessageText.Quote(entry.Name)} is of type {MessageText.Quote(entry.DType)}, which cannot be read; "
        + $"expected one of {SafetensorsDType.Names}.");

    private void FillByConversion(SafetensorsEntry entry, ScalarType type, Tensor target, long offsetBytes)
    {
        using var flat = staging.Take(type, target.numel());
        Fill(entry, flat, offsetBytes);
        using var shaped = flat.view(target.shape);
        target.copy_(shaped);
    }

    private void Fill(SafetensorsEntry entry, Tensor target, long offsetBytes)
    {
        var bytes = target.bytes;
        data.Copy(offsetBytes, bytes);

        // libtorch computes with the byte itself: a 2 would be neither true nor false.
        if (entry.DType == "BOOL" && bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
            throw new ModelFileException($"{Location}: tensor {MessageText.Quote(entry.Name)} is of type 'BOOL' but holds bytes other than 0 and 1.");
    }
}
