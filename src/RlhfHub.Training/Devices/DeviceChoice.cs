using TorchSharp;
using static TorchSharp.torch;

namespace RlhfHub.Training.Devices;

/// <summary>Turns <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c> into a device that is there.</summary>
public static class DeviceChoice
{
    /// <summary>What can be asked for.</summary>
    public const string Accepted = "auto, cpu, cuda or cuda:N";

    /// <summary>The device of that name; <c>auto</c> is the first GPU, else the CPU.</summary>
    /// <exception cref="InvalidInputException">The name is none of these, or names a GPU that is not there.</exception>
    public static Device Resolve(string name)
    {
        TorchLibrary.Load();
        if (name == "cpu") return CPU;
        if (name == "auto") return cuda.is_available() ? new Device(DeviceType.CUDA, 0) : CPU;
        var index = name == "cuda" ? 0 : name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), out var number) && number >= 0 ? number : -1;
        if (index < 0) throw new InvalidInputException($"The device '{name}' is unknown; expected {Accepted}.");
        if (!cuda.is_available())
            throw new InvalidInputException($"The device '{name}' was asked for, but {(HasCudaBuild ? "this machine shows no NVIDIA GPU (see nvidia-smi)" : "this build is for CPUs; build it with -p:Torch=cuda")}.");
        if (index >= cuda.device_count()) throw new InvalidInputException($"The device '{name}' was asked for, but the GPUs here are numbered 0 to {cuda.device_count() - 1}.");
        return new Device(DeviceType.CUDA, index);
    }

    /// <summary>Whether libtorch's CUDA libraries lie beside the application.</summary>
    public static bool HasCudaBuild => TorchLibrary.Folders.Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "torch_cuda.dll" : "libtorch_cuda.so")));
}
