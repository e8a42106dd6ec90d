using System.Collections;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RlhfHub.Training.Tokenization.Templates.Values;

/// <summary>Makes a template's values of .NET's: JSON, dictionaries, lists, numbers, text.</summary>
internal static class TemplateValue
{
    // What System.Text.Json itself allows; a structure that contains itself ends here.
    private const int DeepestNesting = 64;

    public static object? From(object? value) => From(value, 0);

    public static PyDict FromMessage(ChatMessage message)
    {
        var dict = new PyDict { ["role"] = message.Role, ["content"] = message.Content };
        foreach (var (name, value) in message.Fields)
            dict[name] = From(value);

        return dict;
    }

    private static object? From(object? value, int depth)
    {
        if (depth > DeepestNesting)
            throw new ArgumentException($"A value for a chat template nests deeper than {DeepestNesting} levels.");

        return value switch
        {
            null or bool or string or long or double or BigInteger or PySequence or PyDict => value,
            int or short or sbyte or byte or ushort or uint => Convert.ToInt64(value),
            ulong number => number <= long.MaxValue ? (object)(long)number : new BigInteger(number),
            float or decimal => Convert.ToDouble(value),
            char letter => letter.ToString(),
            JsonElement element => FromJson(element, depth),
            JsonNode node => FromJson(JsonSerializer.SerializeToElement(node), depth),
            JsonDocument document => FromJson(document.RootElement, depth),
            ChatMessage message => FromMessage(message),
            IReadOnlyDictionary<string, object?> map => FromEntries(map, depth),
            IDictionary map => FromEntries(map.Keys.Cast<object>().Select(key => KeyValuePair.Create(key.ToString() ?? "", map[key])), depth),
            IEnumerable items => new PyList([.. items.Cast<object?>().Select(item => From(item, depth + 1))]),
            _ => throw new ArgumentException($"A chat template cannot take a value of type {value.GetType().Name}; give it JSON, text, numbers, lists or dictionaries."),
        };
    }

    private static PyDict FromEntries(IEnumerable<KeyValuePair<string, object?>> entries, int depth)
    {
        var dict = new PyDict();
        foreach (var (name, value) in entries)
            dict[name] = From(value, depth + 1);

        return dict;
    }

    private static object? FromJson(JsonElement element, int depth) => element.ValueKind switch
    {
        JsonValueKind.Object => FromEntries(element.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, (object?)entry.Value)), depth),
        JsonValueKind.Array => new PyList([.. element.EnumerateArray().Select(item => From(item, depth + 1))]),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => FromNumber(element),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    // 1 is a whole number, 1.0 and 1e0 are not: Python's json reads them so, and tojson must give them back so.
    private static object FromNumber(JsonElement element)
    {
        var text = element.GetRawText();
        if (text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0)
            return element.GetDouble();

        return element.TryGetInt64(out var number) ? (object)number : BigInteger.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }
}
