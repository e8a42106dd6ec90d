using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RlhfHub.Worker;

/// <summary>Where a verb reads and writes.</summary>
internal sealed record VerbConsole(TextReader Input, TextWriter Output, TextWriter Error)
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
    public IEnumerable<string> ReadLines()
    {
        while (Input.ReadLine() is { } line) yield return line;
    }
}
