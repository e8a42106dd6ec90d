using System.Text;
using System.Text.Json.Nodes;
using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Formats;

namespace RlhfHub.Training.Tests.Data.Formats;

public sealed class DatasetFormatsTests
{
    private static readonly ReadOptions Options = new() { Labels = ["rude", "polite"] };

    public static TheoryData<string> Names => [.. DatasetFormats.All.Select(format => format.Name)];

    [Theory, MemberData(nameof(Names))]
    public void All_Examples_AreReadAndNameTheirPrompt(string name)
    {
        var format = DatasetFormats.All.Single(format => format.Name == name);

        foreach (var example in format.Examples)
        {
            var row = format.ParseRow(Line(example), Options);
            Assert.Equal("example line 1", row.Place.ToString());
            Assert.NotEmpty(row.PromptKey);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void All_ExampleWithoutAField_IsRefusedOrStillWhole(string name)
    {
        var format = DatasetFormats.All.Single(format => format.Name == name);
        var refused = 0;

        foreach (var example in format.Examples)
            foreach (var field in JsonNode.Parse(example)!.AsObject().Select(field => field.Key))
            {
                var fields = JsonNode.Parse(example)!.AsObject();
                fields.Remove(field);
                if (Record.Exception(() => format.ParseRow(Line(fields.ToJsonString()), Options)) is not { } error) continue;
                refused++;
                Assert.StartsWith("example line 1: ", Assert.IsType<InvalidInputException>(error).Message);
            }

        Assert.True(refused >= format.Examples.Count);
    }

    [Fact]
    public void All_MutatedLines_AreReadOrSayWhatIsWrong()
    {
        const int Mutations = 5000;
        var random = new Random(20261124);
        var examples = DatasetFormats.All.SelectMany(format => format.Examples.Select(example => (format, example))).ToArray();
        var read = 0;

        for (var i = 0; i < Mutations; i++)
        {
            var (format, example) = examples[i % examples.Length];
            var mutated = i % 2 == 0 ? MutatedBytes(example, random) : Encoding.UTF8.GetBytes(MutatedTree(example, random));
            var error = Record.Exception(() => format.ParseRow(JsonLines.Parse(mutated, new("mutated", i + 1)), Options).PromptKey);
            if (error is null) read++;
            else Assert.True(error is InvalidInputException && error.Message.StartsWith($"mutated line {i + 1}", StringComparison.Ordinal) && error.Message.EndsWith('.'), $"Mutation {i} of {format.Name}, {Encoding.UTF8.GetString(mutated)}: {error}");
        }

        Assert.InRange(read, Mutations / 20, Mutations * 9 / 10);
    }

    private static JsonLine Line(string json) => new(JsonNode.Parse(json)!.AsObject(), new("example", 1));

    private static byte[] MutatedBytes(string example, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(example).ToList();
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(3))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)]));
                    break;
            }
        }
        return [.. bytes];
    }

    private static string MutatedTree(string example, Random random)
    {
        var root = JsonNode.Parse(example)!;
        var places = new List<JsonNode>();
        Collect(root);
        var place = places[random.Next(places.Count)];
        var value = random.Next(4) == 0 ? places[random.Next(places.Count)].DeepClone() : JsonNode.Parse(Values[random.Next(Values.Length)]);
        if (place.Parent is JsonObject parent) parent[place.GetPropertyName()] = value;
        else place.Parent!.AsArray()[place.GetElementIndex()] = value;
        return root.ToJsonString();

        void Collect(JsonNode node)
        {
            if (node.Parent is not null) places.Add(node);
            foreach (var child in node is JsonObject fields ? fields.Select(field => field.Value) : node as IEnumerable<JsonNode?> ?? []) Collect(child!);
        }
    }

    private static readonly string[] Fragments = ["\"", "{", "}", "[", "]", ",", ":", "null", "\\ud800", "\\u0000", "1e999", "-", "\n", "😀", new('[', 400)];

    private static readonly string[] Values =
        ["null", "true", "0", "-1", "1.5", "1e999", "99999999999999999999", "\"\"", "\" \"", "\"user\"", "\"assistant\"", "\"😀\"", "[]", "{}", "[[]]", "[null]", "[{}]", "[1,1]", "[{\"role\":\"assistant\",\"content\":\"\"}]", "{\"role\":1}"];
}
