using System.CommandLine;
using System.Runtime.InteropServices;
using RlhfHub.Training;
using RlhfHub.Training.Devices;
using RlhfHub.Training.Models;
using RlhfHub.Training.Trainers;
using RlhfHub.Worker.Verbs;

namespace RlhfHub.Worker;

/// <summary>Reads the command line, runs one verb, and turns what went wrong into one sentence and an exit code.</summary>
internal static class WorkerCommandLine
{
    /// <summary>The verb did what it was asked.</summary>
    public const int Success = 0;

    /// <summary>What was asked, or a file that was named, is not right.</summary>
    public const int BadInput = 1;

    /// <summary>The command line cannot be understood.</summary>
    public const int BadUsage = 2;

    /// <summary>A verb each, in the order of the help.</summary>
    private static readonly Func<VerbConsole, Command>[] Verbs =
    [
        DoctorVerb.Create, TokenizeVerb.Create, GenerateVerb.Create, ScoreVerb.Create, ServeVerb.Create, TrainVerb.Create, MergeVerb.Create, DemoVerb.Create, StarterVerb.Create,
    ];

    public static int Run(string[] args, TextReader input, TextWriter output, TextWriter error, bool showsProgress)
    {
        var console = new VerbConsole(input, output, error, showsProgress);
        var root = new RootCommand("Trains, generates with and inspects language models in Hugging Face format.");
        foreach (var create in Verbs) root.Subcommands.Add(create(console));
        // A prompt may begin with @: it is no file of further arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.CommandResult.Command == root && args is [var verb, ..] && !verb.StartsWith('-'))
        {
            error.WriteLine($"There is no verb '{verb}'; expected {string.Join(", ", root.Subcommands.Select(command => command.Name))}.");
            return BadUsage;
        }
        if (parsed.Errors.Count > 0)
        {
            var message = string.Join(' ', parsed.Errors[0].Message.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries));
            error.WriteLine($"{message.TrimEnd('.')}. See 'rlhfhub-worker {string.Join(' ', parsed.CommandResult.Command == root ? [] : [parsed.CommandResult.Command.Name, ""])}--help'.");
            return BadUsage;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception problem) when (problem is ModelFileException or InvalidInputException or TrainingDivergedException or TrainingPausedException or TorchUnavailableException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine(problem.Message);
            return BadInput;
        }
        catch (ExternalException problem)
        {
            // From inside libtorch, mostly for want of memory; the lines after the first are its call stack.
            error.WriteLine($"libtorch failed: {problem.Message.Split('\n')[0]}");
            return BadInput;
        }
    }
}
