using System.CommandLine;
using RlhfHub.Bench;
using RlhfHub.Training.Devices;

TorchLibrary.Load();
var root = new RootCommand("Measures the engine. Figures are medians of one run and ratios within it: machines differ, and are rarely quiet.");
foreach (var command in new[] { DecodeBench.Create(), PrefillBench.Create(), RealSizeBench.Create(), OptimumBench.Create() }) root.Subcommands.Add(command);
return root.Parse(args).Invoke();
