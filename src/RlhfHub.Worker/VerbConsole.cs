using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RlhfHub.Training;

namespace RlhfHub.Worker;

/// <summary>Where a verb reads and writes.</summary>
/// <param name="Input">Lines to work on.</param>
/// <param name="Output">Results.</param>
/// <param name="Error">What went wrong, and progress.</param>
/// <param name="ShowsProgress">Whether a person watches: a line that is written over again and again has no place in a log file.</param>
internal sealed record VerbConsole(TextReader Input, TextWriter Output, TextWriter Error, bool ShowsProgress)
{
    // Texts are for people and other programs, not for HTML pages: only what JSON itself asks for is escaped.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,   // a perplexity may be "Infinity"
    };

    /// <summary>Writes one JSON line.</summary>
    public void WriteJson<T>(T value)
    {
        Output.WriteLine(JsonSerializer.Serialize(value, Json));
        Output.Flush();
    }

    /// <summary>The lines of the input, until it ends.</summary>
    /// <exception cref="InvalidInputException">It is not UTF-8.</exception>
    public IEnumerable<string> ReadLines()
    {
        for (var number = 1; ReadLine(number) is { } line; number++) yield return line;
    }

    private string? ReadLine(int number)
    {
        try
        {
            return Input.ReadLine();
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidInputException($"Input line {number} or later: the bytes are not UTF-8.", error);
        }
    }
}
