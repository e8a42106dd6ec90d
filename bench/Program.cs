using System.Diagnostics;
using RlhfHub.Training.Devices;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using static TorchSharp.torch;

TorchLibrary.Load();
set_num_threads(args.Length > 1 ? int.Parse(args[1]) : 1);
using var model = ModelFolder.LoadCausal(args[0]);
foreach (var batch in new[] { 1, 32, 128 })
{
    for (var round = 0; round < 5; round++)
    {
        var requests = Enumerable.Range(0, batch).Select(_ => new GenerationRequest { Prompt = [1], Options = new() { Temperature = 0, MaxNewTokens = 256 } }).ToArray();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime; var clock = Stopwatch.StartNew();
        TextGenerator.Run(model, null, requests, batch, endIds: []);
        Console.WriteLine($"batch {batch}: {batch * 256 / clock.Elapsed.TotalSeconds:F0} tokens/s {clock.Elapsed.TotalMicroseconds / 256:F0}us/step cpu {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / 256:F0}");
    }
}
return 0;
