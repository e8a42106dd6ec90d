using System.Runtime.CompilerServices;
using RlhfHub.Training.Devices;
using TorchSharp;

// The random generator of libtorch is process-wide, and two cores gain nothing from parallel tests.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace RlhfHub.Training.Tests;

internal static class TorchSetup
{
#pragma warning disable CA2255 // a test assembly is the application here: libtorch must be in place before any test touches it
    [ModuleInitializer]
    internal static void Load()
    {
        TorchLibrary.Load();
        // The tests' models are tiny: a second thread would only slow their microsecond operations down.
        torch.set_num_threads(1);
    }
#pragma warning restore CA2255
}
