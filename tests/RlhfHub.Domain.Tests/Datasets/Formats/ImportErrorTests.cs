using System.IO.Compression;
using System.Text;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Formats;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Tests.Datasets.Formats;

public sealed class ImportErrorTests
{
    private const string Good = """{"prompt": "a", "chosen": "b", "rejected": "c"}""";

    [Theory]
    [InlineData("trl-preference", """{"prompt": "a", "rejected": "c"}""", "'chosen' is missing; expected a text or a list of messages.")]
    [InlineData("trl-preference", """{"prompt": "a", "chosen": null, "rejected": "c"}""", "'chosen' is missing; expected a text or a list of messages.")]
    [InlineData("trl-preference", """{"prompt": "a", "chosen": 7, "rejected": "c"}""", "'chosen' is 7; expected a text or a list of messages.")]
    [InlineData("trl-preference", """{"prompt": "a", "chosen": "b", "rejected": "c", "margin": "1.5"}""", "'margin' is \"1.5\"; expected a finite number.")]
    [InlineData("trl-preference", """{"prompt": "a", "chosen": "b", "rejected": "c", "margin": 1e999}""", "'margin' is 1e999; expected a finite number.")]
    [InlineData("trl-preference", """{"prompt": "a", "chosen": "b", "rejected": "b"}""", "its chosen and rejected reply are the same; expected two that differ.")]
    [InlineData("trl-preference", """{"prompt": "a", "prompt": "b", "chosen": "b", "rejected": "c"}""", "a field is there twice in one object; expected each name once.")]
    [InlineData("trl-preference", """{"prompt": "a", "chosen": "\ud83d", "rejected": "c"}""", "an escape names half a surrogate pair, which is no character; expected both halves.")]
    [InlineData("trl-preference", """{"prompt": "a", "chosen": "b", """, "the record is no valid JSON (byte 32); expected one whole object.")]
    [InlineData("trl-preference", "7", "7 is no object; expected one such as {\"prompt\": \"The sky is\", \"chosen\": \" blue.\", \"rejected\": \" green.\"}.")]
    [InlineData("trl-preference", """{"prompt": [{"role": "robot", "content": "a"}], "chosen": "b", "rejected": "c"}""", "message 1 of 'prompt' has the role \"robot\"; expected system, user, assistant, tool.")]
    [InlineData("trl-preference", """{"prompt": [{"role": "user", "content": null}], "chosen": "b", "rejected": "c"}""", "message 1 of 'prompt' has no text in 'content'; expected one (lists of parts and bare tool calls are not read).")]
    [InlineData("trl-preference", """{"prompt": [], "chosen": [{"role": "assistant", "content": "a"}, {"role": "user", "content": "b"}], "rejected": "c"}""", "'chosen' has 2 messages; expected one assistant's message, and what comes before it in the prompt.")]
    [InlineData("trl-unpaired", """{"prompt": "a", "completion": "b", "label": 1}""", "'label' is 1; expected true or false.")]
    [InlineData("ranking", """{"prompt": "a", "responses": ["b"], "ranking": [1]}""", "it ranks 1 replies; expected two at least.")]
    [InlineData("ranking", """{"prompt": "a", "responses": ["b", "c"], "ranking": [1, 99999999999]}""", "'ranking[1]' is 99999999999; expected a whole number, 1 for the best.")]
    [InlineData("ranking", """{"prompt": "a", "responses": ["b", "c"], "ranking": [1, 3]}""", "a reply has place 3; expected 1 to 2.")]
    [InlineData("ranking", """{"prompt": "a", "responses": ["b", "c"], "ranking": [2, 2]}""", "no reply has place 1; expected 1 for the best.")]
    [InlineData("trl-prompt-only", """{"prompt": ""}""", "its prompt is empty; expected one message at least.")]
    [InlineData("classification", """{"text": "a", "prompt": "b", "label": "c"}""", "expected exactly one of 'text', 'messages' and 'prompt' beside the label.")]
    [InlineData("hh-rlhf", """{"chosen": "Human: a", "rejected": "b"}""", "'chosen' does not begin with a blank line and \"Human:\" or \"Assistant:\"; expected a transcript.")]
    [InlineData("alpaca", """{"instruction": "", "output": "b"}""", "'instruction' is empty; expected what is to be done.")]
    [InlineData("alpaca", """{"instruction": "a", "output": "b", "history": [["c"]]}""", "'history' is [\"c\"]; expected pairs [question, answer] of texts.")]
    [InlineData("sharegpt", """{"conversations": [{"from": "bot", "value": "a"}]}""", "message 1 of 'conversations' has the from \"bot\"; expected human, user, gpt, assistant, chatgpt, model, system, tool, observation.")]
    [InlineData("open-assistant", """{"prompt": {"text": "a", "role": "someone"}}""", "a message of the tree has no 'role', or an unknown one; expected prompter or assistant.")]
    [InlineData("arena", """{"winner": "a", "conversation_a": [{"role": "assistant", "content": "a"}], "conversation_b": [{"role": "assistant", "content": "a"}]}""", "'winner' is \"a\"; expected model_a, model_b, tie or tie (bothbad).")]
    public async Task Import_WrongLine_SaysWhatWhereAndWhatWouldBeRight(string name, string line, string sentence)
    {
        var format = DatasetFormats.Find(name)!;

        var rows = await format.ReadAsync($"\n{line}\n{format.ExampleLine}\n");

        Assert.Equal($"Line 2: {sentence}", rows[0].Error);
        Assert.Equal((2, null), (rows[1].Record, rows[1].Error));
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public async Task Import_DeepNesting_IsOneErrorRow()
    {
        var deep = $$"""{"prompt": "a", "chosen": "b", "rejected": "c", "x": {{new string('[', 100_000)}}{{new string(']', 100_000)}}}""";

        var rows = await Preference.Plain.ReadAsync($"{deep}\n{Good}");

        Assert.Equal("Line 1: the record is nested more than 256 levels deep; expected fewer.", rows[0].Error);
        Assert.NotNull(rows[1].Example);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Import_RecordLongerThanAllowed_IsAnErrorAndTheNextComes(bool isArray)
    {
        var huge = Good.Replace("\"b\"", $"\"{new string('b', 3_000_000)}\"", StringComparison.Ordinal);
        var file = isArray ? $"[{huge},\n{Good}]" : $"{huge}\n{Good}";

        var rows = await Preference.Plain.ReadAsync(file, new() { MaxRecordBytes = 1000 });

        Assert.EndsWith("the record is longer than 1,000 bytes; expected a shorter one.", rows[0].Error);
        Assert.Equal((2, 2, null), (rows[1].Record, rows[1].Line, rows[1].Error));
    }

    [Fact]
    public async Task Import_MegabyteLine_IsRead()
    {
        var text = new string('b', 1_000_000);

        var row = Assert.Single(await Preference.Plain.ReadAsync(Good.Replace("\"b\"", $"\"{text}\"", StringComparison.Ordinal)));

        Assert.Equal(text, Assert.IsType<PreferenceExample>(row.Example).Chosen.Text);
    }

    [Fact]
    public async Task Import_LineSeparatorsWithinText_EndNoLine()
    {
        var rows = await LanguageModelling.Format.ReadAsync("{\"text\": \"a\u2028b\u2029c\u0085d\"}\r\n{\"text\": \"\\r\\u0000\"}\r\n");

        Assert.Equal([new TextExample("a\u2028b\u2029c\u0085d"), new TextExample("\r\0")], rows.Select(row => row.Example));
        Assert.Equal([1, 2], rows.Select(row => row.Line));
    }

    [Fact]
    public async Task Import_BytesThatAreNoUtf8_AreAnErrorAndNeverReplaced()
    {
        byte[] bad = [.. "{\"text\": \""u8, 0xC3, 0x28, .. "\"}\n{\"text\": \"b\"}"u8];
        byte[] table = [.. "text,id\na"u8, 0xC3, 0x28, .. ",1\nb,2\n"u8];

        var lines = await LanguageModelling.Format.ReadAsync(bad);
        var cells = await Tables.Csv.ReadAsync(table);

        Assert.Equal(["Line 1: the record is not valid UTF-8; expected text in UTF-8.", null], lines.Select(row => row.Error));
        Assert.Equal(["Line 2: the row is not valid UTF-8; expected text in UTF-8.", null], cells.Select(row => row.Error));
    }

    [Fact]
    public async Task Import_ByteOrderMarkAndUtf16_AreUnderstoodOrNamed()
    {
        byte[] marked = [0xEF, 0xBB, 0xBF, .. "{\"text\": \"a\"}"u8];

        Assert.Equal(new TextExample("a"), Assert.Single(await LanguageModelling.Format.ReadAsync(marked)).Example);
        Assert.Equal("Line 1: the file cannot be read: the file is UTF-16; expected UTF-8.", Assert.Single(await LanguageModelling.Format.ReadAsync([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("{}")])).Error);
        Assert.Equal("Line 1: the file cannot be read: the file is UTF-16; expected UTF-8.", Assert.Single(await Tables.Csv.ReadAsync([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("text")])).Error);
    }

    [Theory]
    [InlineData("""[{"text": "a"}, {"text": "b"}""", "ends within item 2")]
    [InlineData("""[{"text": "a"}, """, "ends without a ']'")]
    [InlineData("""[{"text": "a"}, {"text": "b""", "ends within item 2")]
    [InlineData("""[{"text": "a"} {"text": "b"}]""", "no valid JSON")]
    [InlineData("""[{"text": "a"}, , {"text": "b"}]""", "has nothing where item 2 should be")]
    [InlineData("""[{"text": "a"}] {"text": "b"}""", "is followed by something else")]
    [InlineData("""[{"text": "a"}, {"text" "b"}, {"text": "c"}]""", "no valid JSON")]
    public async Task Import_BrokenArray_EndsWithOneErrorRow(string file, string what)
    {
        var rows = await LanguageModelling.Format.ReadAsync(file);

        Assert.Contains(what, rows[^1].Error);
        Assert.All(rows.SkipLast(1), row => Assert.NotNull(row.Example));
    }

    [Fact]
    public async Task Import_ArrayWithOneWrongItem_GoesOnAndNamesTheItem()
    {
        var rows = await LanguageModelling.Format.ReadAsync("[{\"text\": \"a\"},\n {\"text\": 2},\n {\"text\": \"c\"}]");

        Assert.Equal([null, "Line 2 (item 2): 'text' is 2; expected a text.", null], rows.Select(row => row.Error));
    }

    [Fact]
    public async Task Import_BrokenGzip_EndsWithOneErrorRow()
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
            for (var i = 0; i < 20_000; i++) zip.Write(Encoding.UTF8.GetBytes($"{{\"text\": \"line {i * 7919}\"}}\n"));
        var whole = zipped.ToArray();
        var flipped = whole.ToArray();
        flipped[^6] ^= 0x55;   // within the checksum

        foreach (var file in new[] { whole[..(whole.Length / 2)], whole[..^4], flipped })
        {
            var rows = await LanguageModelling.Format.ReadAsync(file);

            Assert.Contains("the file cannot be read any further", rows[^1].Error);
            Assert.All(rows.SkipLast(1).Take(5000), row => Assert.NotNull(row.Example));
        }
        Assert.All(await LanguageModelling.Format.ReadAsync([.. whole, .. whole]), row => Assert.Null(row.Error));
    }

    [Fact]
    public async Task Import_TableWithWrongRows_NamesTheirLines()
    {
        var rows = await Tables.Csv.ReadAsync("prompt,chosen,rejected,margin,lang\r\n\"two\r\nlines\",b,c,,en\r\n\r\na,b\r\na,b,c,much,en\r\na,b\"x\",c,1,en\r\na,b,c,1.5,en");

        Assert.Equal([2, 5, 6, 7, 8], rows.Select(row => row.Line));
        Assert.Equal(
            [
                null, "Line 5: the row has 2 cells; expected 5, as in the header.", "Line 6: 'margin' is \"much\"; expected a finite number such as 1.5, or nothing.",
                "Line 7: a quote stands within an unquoted cell or after a quoted one; expected the whole cell in quotes, and quotes within it doubled.", null,
            ],
            rows.Select(row => row.Error));
        Assert.Equal("two\r\nlines", rows[0].Example!.Conversation[0].Content);
        Assert.Equal("en", rows[4].Example!.Extra["lang"]!.Value.GetString());
    }

    [Fact]
    public async Task Import_QuoteThatIsNeverClosed_EndsWithOneErrorRow()
    {
        var file = "prompt,chosen,rejected\na,b,c\n\"a,b,c\n" + string.Concat(Enumerable.Repeat("a,b,c\n", 200_000));

        var rows = await Tables.Csv.ReadAsync(file, new() { MaxRecordBytes = 100_000 });

        Assert.Equal(2, rows.Count);
        Assert.StartsWith("Line 3: the file cannot be read any further: a row is longer than 100,000 characters", rows[1].Error);
    }

    [Fact]
    public async Task Import_TableWithMapping_TakesTheNamedColumns()
    {
        var mapping = new ColumnMapping { Prompt = "Frage", Completion = "Antwort" };

        var row = Assert.Single(await Tables.Tsv.ReadAsync("Frage\tAntwort\nWarum?\tDarum.\n", new() { Columns = mapping }));
        var wrong = Assert.Single(await Tables.Tsv.ReadAsync("Frage\tx\nWarum?\tDarum.\n", new() { Columns = mapping }));

        Assert.Equal(new DemonstrationExample([new(Message.User, "Warum?")], "Darum."), row.Example);
        Assert.Equal("Line 1: there is no column 'Antwort'; expected one of Frage, x.", wrong.Error);
    }
}
