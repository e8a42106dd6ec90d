using System.IO.Compression;
using System.Text;
using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Formats;

namespace RlhfHub.Training.Tests.Data;

public sealed class DatasetFileTests : IDisposable
{
    private readonly DataFiles files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Read_BlankLinesAndByteOrderMark_KeepsTheLineNumbers()
    {
        var file = files["bom.jsonl"];
        File.WriteAllText(file, "\n  \r\n{\"text\": \"a\"}\r\n\r\n{\"text\": \"b\"}", new UTF8Encoding(true));

        var rows = DatasetFile.Read(file, LanguageModeling.Format);

        Assert.Equal([(3, "a"), (5, "b")], rows.Select(row => (row.Place.Line, row.Text.Text!)));
    }

    [Fact]
    public void Read_GzipUnderAnyName_IsDecompressed()
    {
        var plain = files.Write("plain.jsonl", [.. Enumerable.Range(0, 5000).Select(i => $"{{\"text\": \"{new string((char)('a' + i % 26), i % 300 + 1)}\"}}")]);
        using (var gzip = new GZipStream(File.Create(files["packed.jsonl"]), CompressionLevel.Fastest)) gzip.Write(File.ReadAllBytes(plain));

        var rows = DatasetFile.Read(files["packed.jsonl"], LanguageModeling.Format);

        Assert.Equal(DatasetFile.Read(plain, LanguageModeling.Format).Select(row => row.Text.Text), rows.Select(row => row.Text.Text));
        Assert.Equal(5000, rows[^1].Place.Line);
    }

    [Fact]
    public void Read_GzipOfSeveralArchives_IsReadToTheEnd()
    {
        using (var target = File.Create(files["two.gz"]))
            foreach (var line in (string[])["{\"text\": \"a\"}\n", "{\"text\": \"b\"}"])
            {
                using var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true);
                gzip.Write(Encoding.UTF8.GetBytes(line));
            }

        Assert.Equal(["a", "b"], DatasetFile.Read(files["two.gz"], LanguageModeling.Format).Select(row => row.Text.Text));
    }

    [Fact]
    public void Read_CutGzip_IsAlwaysRefused()
    {
        using (var gzip = new GZipStream(File.Create(files["whole.gz"]), CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 400).Select(i => $"{{\"text\": \"{i * 7919 % 1000}\"}}\n"))));
        var bytes = File.ReadAllBytes(files["whole.gz"]);
        Assert.Equal(400, DatasetFile.Read(files["whole.gz"], LanguageModeling.Format).Count);

        for (var length = 2; length < bytes.Length; length += 5)
        {
            File.WriteAllBytes(files["cut.gz"], bytes[..length]);
            Assert.Throws<InvalidInputException>(() => DatasetFile.Read(files["cut.gz"], LanguageModeling.Format));
        }

        File.WriteAllBytes(files["cut.gz"], bytes[..^9]);
        var error = Assert.Throws<InvalidInputException>(() => DatasetFile.Read(files["cut.gz"], LanguageModeling.Format));
        Assert.Matches("cut.gz line [0-9]+ or later: the gzip file is broken; expected a whole one.$", error.Message);
    }

    [Fact]
    public void Read_MissingOrEmptyFile_SaysSo()
    {
        Assert.Equal("none.jsonl was not found; expected a file with one JSON object a line.",
            Assert.Throws<InvalidInputException>(() => DatasetFile.Read("none.jsonl", PromptOnly.Format)).Message);
        Assert.Equal("data.jsonl has no lines; expected one JSON object a line, such as {\"prompt\": \"The sky is\"}.", files.Refusal(PromptOnly.Format, "", " "));
    }

    [Theory]
    [InlineData("{\"text\": ", "data.jsonl line 1: not valid JSON at byte 10: Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed; expected one whole JSON object.")]
    [InlineData("[1]", "data.jsonl line 1: expected a JSON object, such as {\"prompt\": \"…\"}.")]
    [InlineData("{\"text\": \"\\ud83d\"}", "data.jsonl line 1: not valid JSON: a text holds half a surrogate pair; expected both halves or none.")]
    public void Read_NoObject_SaysWhere(string line, string message) => Assert.Equal(message, files.Refusal(LanguageModeling.Format, line));

    [Fact]
    public void Read_BytesThatAreNoUtf8_NamesTheLineAndCountsOn()
    {
        var file = files["latin.jsonl"];
        File.WriteAllBytes(file, [.. "{\"text\": \"a\"}\n{\"text\": \""u8, 0xe9, .. "\"}\n{\"text\": 1}\n"u8]);

        var error = Assert.Throws<InvalidInputException>(() => DatasetFile.Read(file, LanguageModeling.Format));

        Assert.Equal($"{file} line 2: the bytes are not UTF-8 (1 more line is wrong).", error.Message);
    }

    [Fact]
    public void Read_SeveralBadLines_NamesTheFirstAndCountsTheOthers()
    {
        var message = files.Refusal(PromptCompletion.Format, """{"prompt": "a", "completion": "b"}""", """{"prompt": "a"}""", "{", "{}", """{"prompt": "a", "completion": "b"}""");

        Assert.Equal("data.jsonl line 2: 'completion' is missing; expected a text or a list of messages (2 more lines are wrong).", message);
    }

    [Fact]
    public void Read_VeryManyBadLines_StopsCounting()
    {
        var message = files.Refusal(PromptOnly.Format, [.. Enumerable.Repeat("{}", 3000)]);

        Assert.Equal("data.jsonl line 1: 'prompt' is missing; expected a text or a list of messages (1000 or more further lines are wrong).", message);
    }

    [Theory]
    [InlineData("""{"chosen": "ab", "rejected": "ac"}""", "text with 'chosen' and 'rejected'")]
    [InlineData("""{"prompt": [{"role": "user", "content": "a"}], "chosen": [{"role": "assistant", "content": "b"}], "rejected": [{"role": "assistant", "content": "c"}]}""", "a conversation with 'prompt', 'chosen' and 'rejected'")]
    public void Read_TwoFormatsInAFile_NamesTheFirstLineThatDiffers(string other, string shape)
    {
        const string Line = """{"prompt": "a", "chosen": "b", "rejected": "c"}""";

        Assert.Equal($"data.jsonl line 3: this is {shape}, but line 1 is text with 'prompt', 'chosen' and 'rejected'; expected one format in a file.", files.Refusal(Preference.Format, Line, Line, other, Line));
    }

    [Fact]
    public void Read_PromptOverTheLimit_SaysBothNumbers()
    {
        var file = files.Write("long.jsonl", """{"prompt": [{"role": "system", "content": "abc"}, {"role": "user", "content": "def"}]}""");

        Assert.Single(DatasetFile.Read(file, PromptOnly.Format, new() { MaxPromptCharacters = 6 }));
        Assert.Equal($"{file} line 1: the prompt has 6 characters; expected 5 at most.",
            Assert.Throws<InvalidInputException>(() => DatasetFile.Read(file, PromptOnly.Format, new() { MaxPromptCharacters = 5 })).Message);
    }
}
