using static TorchSharp.torch;

namespace RlhfHub.Training.Models.Safetensors;

/// <summary>Named tensors on disk: one file (<see cref="SafetensorsFile"/>) or a folder of shards (<see cref="SafetensorsFolder"/>).</summary>
public interface ISafetensorsSource
{
    /// <summary>The file or folder, for messages.</summary>
    string Location { get; }

    /// <summary>What is there, by name; enumerated in the order of the files.</summary>
    IReadOnlyDictionary<string, SafetensorsEntry> Entries { get; }

    /// <summary>Reads a tensor into fresh memory. The caller, or the dispose scope around the call, owns the result.</summary>
    /// <param name="name">A name of <see cref="Entries"/>.</param>
    /// <param name="dtype">The element type of the result; the file's own when null. The conversion happens in slices.</param>
    /// <param name="device">Where the result lives; the CPU when null.</param>
    /// <exception cref="ModelFileException">There is no such tensor, its type cannot be read, or the file changed since it was opened.</exception>
    Tensor Read(string name, ScalarType? dtype = null, Device? device = null);

    /// <summary>Copies a tensor into an existing one of the same shape, whatever its type, device and strides; gradients are not recorded.</summary>
    /// <exception cref="ModelFileException">
    /// There is no such tensor, its shape differs, its type cannot be read, or the file changed since it was opened.
    /// </exception>
    void CopyTo(string name, Tensor destination);
}
