using System.Runtime.CompilerServices;
using RlhfHub.Training.Devices;

// The random generator of libtorch is process-wide, and two cores gain nothing from parallel tests.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace RlhfHub.Worker.Tests;

internal static class WorkerSetup
{
#pragma warning disable CA2255 // a test assembly is the application here: libtorch must be in place before any test touches it
    [ModuleInitializer]
    internal static void Load() => TorchLibrary.Load();
#pragma warning restore CA2255
}
