namespace RlhfHub.Worker.Tests;

public sealed class VerbConsoleTests
{
    [Fact]
    public void WriteJson_NumberBeyondAll_IsWrittenAsText()
    {
        using var output = new StringWriter();

        new VerbConsole(TextReader.Null, output, TextWriter.Null, ShowsProgress: false).WriteJson(new { perplexity = double.PositiveInfinity });

        Assert.Equal("{\"perplexity\":\"Infinity\"}\n", output.ToString());
    }
}
