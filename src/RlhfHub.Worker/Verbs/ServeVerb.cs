using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using RlhfHub.Training;
using RlhfHub.Training.Devices;
using RlhfHub.Worker.Serving;

namespace RlhfHub.Worker.Verbs;

/// <summary><c>serve</c>: an OpenAI-compatible server over the models of a folder.</summary>
internal static class ServeVerb
{
    /// <summary>The environment variable with the token that callers must show.</summary>
    public const string TokenVariable = "RLHFHUB_TOKEN";

    public static Command Create(VerbConsole console)
    {
        var defaults = new ServerSettings { ModelsFolder = "" };
        var models = new Option<string>("--models") { Description = "A folder with models, adapters and runs anywhere below it; or one model.", HelpName = "DIR", Required = true };
        var urls = new Option<string?>("--urls") { Description = "Where to listen, such as http://127.0.0.1:8000; a free port on this machine alone when not given.", HelpName = "URL" };
        var isPublic = new Option<bool>("--public") { Description = $"Allow --urls that other machines can reach; needs a token in {TokenVariable}." };
        var device = new Option<string>("--device") { Description = $"Where to compute: {DeviceChoice.Accepted}.", HelpName = "DEVICE", DefaultValueFactory = _ => defaults.Device };
        var memory = new Option<string>("--memory-gb") { Description = "Weights in memory at most; models used least recently leave for others.", HelpName = "GB", DefaultValueFactory = _ => "8" };
        var batch = new Option<int>("--max-batch") { Description = "Texts of one model written at once.", HelpName = "N", DefaultValueFactory = _ => defaults.MaxBatch };
        var queue = new Option<int>("--max-queue") { Description = "Texts taken in before callers are asked to try later.", HelpName = "N", DefaultValueFactory = _ => defaults.MaxQueue };
        var context = new Option<int>("--max-context") { Description = "Tokens of a text and its prompt at most, whatever the model could.", HelpName = "N", DefaultValueFactory = _ => defaults.MaxContext };
        var grace = new Option<int>("--grace") { Description = "Seconds that streams may go on after the server was told to stop.", HelpName = "S", DefaultValueFactory = _ => defaults.GraceSeconds };
        var lifeline = new Option<bool>("--while-stdin") { Description = "Stop when standard input ends: whoever started the server and held it open has gone." };
        var command = new Command("serve", "Answers OpenAI's API with the models of a folder. The first line that it prints says where: {\"listening\":\"http://127.0.0.1:PORT\"}.");
        foreach (var option in new Option[] { models, urls, isPublic, device, memory, batch, queue, context, grace, lifeline }) command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var token = Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } given ? given : null;
            var settings = new ServerSettings
            {
                ModelsFolder = Path.GetFullPath(parsed.GetRequiredValue(models)),
                Token = token,
                Device = parsed.GetValue(device)!,
                MemoryBytes = Bytes(parsed.GetValue(memory)!),
                MaxBatch = parsed.GetValue(batch),
                MaxQueue = parsed.GetValue(queue),
                MaxContext = parsed.GetValue(context),
                GraceSeconds = parsed.GetValue(grace),
            };
            Check(settings);
            if (parsed.GetValue(urls) is { } stated) ListenAddress.Check(stated, parsed.GetValue(isPublic), token is not null);
            await using var server = await ModelServer.StartAsync(settings, parsed.GetValue(urls), console.Error);
            console.WriteJson(new { listening = server.Address });
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (parsed.GetValue(lifeline)) WatchStdin(stop);
            await server.WaitAsync(stop.Token);
            return WorkerCommandLine.Success;
        });
        return command;
    }

    // However the one who started it ends, the system closes its end of the pipe.
    private static void WatchStdin(CancellationTokenSource stop) => new Thread(() =>
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0) { }
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has stopped already.
        }
    })
    { IsBackground = true, Name = "stdin" }.Start();

    private static void Check(ServerSettings settings)
    {
        if (!Directory.Exists(settings.ModelsFolder)) throw new InvalidInputException($"--models is '{settings.ModelsFolder}', which does not exist; expected a folder with models below it.");
        var errors = new List<ValidationResult>();
        if (!Validator.TryValidateObject(settings, new ValidationContext(settings), errors, validateAllProperties: true)) throw new InvalidInputException(errors[0].ErrorMessage!);
    }

    private static long Bytes(string gigabytes) =>
        double.TryParse(gigabytes, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 1e6
            ? (long)(number * 1e9)
            : throw new InvalidInputException($"--memory-gb is '{gigabytes}'; expected a number above 0, such as 8 or 1.5.");
}
