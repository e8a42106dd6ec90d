using System.CommandLine;
using RlhfHub.Training;
using RlhfHub.Training.Data;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Tokenization;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Worker.Verbs;

/// <summary><c>tokenize</c>: lines of text to token ids, ids to text, conversations to the model's own notation.</summary>
internal static class TokenizeVerb
{
    public static Command Create(VerbConsole console)
    {
        var model = new Option<string>("--model") { Description = "Model folder, or any folder with a tokenizer.json.", HelpName = "DIR", Required = true };
        var decode = new Option<bool>("--decode") { Description = "The other way: each line holds token ids, separated by blanks or commas." };
        var chat = new Option<bool>("--chat") { Description = "Each line is a conversation, [{\"role\":\"user\",\"content\":\"…\"}, …]; prints it in the model's own notation." };
        var plain = new Option<bool>("--no-special-tokens") { Description = "Add none at the ends when encoding; leave them out when decoding." };
        var json = ModelOptions.Json();
        var command = new Command("tokenize", "Reads lines from standard input and prints token ids.") { model, decode, chat, plain, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(decode) && result.GetValue(chat)) result.AddError("--decode and --chat exclude each other.");
        });
        command.SetAction(parsed =>
        {
            var folder = parsed.GetRequiredValue(model);
            var tokenizer = Tokenizer.Load(folder);
            var template = parsed.GetValue(chat) ? ChatTemplate.Load(folder) : null;
            var asJson = parsed.GetValue(json);
            var number = 0;
            foreach (var line in console.ReadLines())
            {
                number++;
                if (parsed.GetValue(decode)) Decode(console, tokenizer, Ids(line, number, tokenizer), parsed.GetValue(plain), asJson);
                else if (parsed.GetValue(chat)) Render(console, tokenizer, template, Conversation(line, number), asJson);
                else Encode(console, tokenizer, line, !parsed.GetValue(plain), asJson);
            }
            return WorkerCommandLine.Success;
        });
        return command;
    }

    private static void Encode(VerbConsole console, Tokenizer tokenizer, string text, bool addSpecialTokens, bool asJson)
    {
        var ids = tokenizer.Encode(text, addSpecialTokens);
        if (asJson) console.WriteJson(new { text, ids, tokens = ids.Select(tokenizer.TokenOf) });
        else console.Output.WriteLine(string.Join(' ', ids));
    }

    private static void Decode(VerbConsole console, Tokenizer tokenizer, int[] ids, bool skipSpecialTokens, bool asJson)
    {
        var text = tokenizer.Decode(ids, skipSpecialTokens);
        if (asJson) console.WriteJson(new { ids, text });
        else console.Output.WriteLine(text);
    }

    private static void Render(VerbConsole console, Tokenizer tokenizer, ChatTemplate? template, IReadOnlyList<ChatMessage> messages, bool asJson)
    {
        var text = TextModel.RenderChat(template, messages, addGenerationPrompt: true);
        if (asJson) console.WriteJson(new { text, ids = tokenizer.Encode(text, addSpecialTokens: false) });
        else console.Output.WriteLine(text);
    }

    private static int[] Ids(string line, int number, Tokenizer tokenizer) =>
    [
        .. line.Split([' ', '\t', ',', '[', ']'], StringSplitOptions.RemoveEmptyEntries).Select(word => int.TryParse(word, out var id) && tokenizer.TokenOf(id) is not null
            ? id
            : throw new InvalidInputException($"Input line {number}: '{word}' is no token id of this tokenizer; expected numbers from 0 to {tokenizer.VocabularySize - 1}.")),
    ];

    private static IReadOnlyList<ChatMessage> Conversation(string line, int number) =>
        MessageList.Read(JsonLines.Parse(line, $"Input line {number}"), $"Input line {number}");
}
