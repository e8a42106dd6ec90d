using System.CommandLine;
using RlhfHub.Bench;
using RlhfHub.Training.Devices;

TorchLibrary.Load();
var root = new RootCommand("Measures the engine and the platform. Figures are medians of one run and ratios within it: machines differ, and are rarely quiet.");
Command[] commands =
[
    DecodeBench.Create(), PrefillBench.Create(), TrainBench.Create(), RealSizeBench.Create(), MemoryBench.Create(),
    KillBench.Create(), OptimumBench.Create(), DemoBench.Create(), PreferencesBench.Create(), ServeBench.Create(), StormBench.Create(), QueueBench.Create(), LabelingKillBench.Create(), RoundKillBench.Create(), FormatsBench.Create(), ImportBench.Create(),
    DraftsBench.Create(), KeysBench.Create(), LiveBench.Create(), ScreenshotsCommand.Create(),
];
foreach (var command in commands) root.Subcommands.Add(command);
return root.Parse(args).Invoke();
