using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Safetensors;
using Xunit.Abstractions;

namespace RlhfHub.Training.Tests.Models.Safetensors;

/// <summary>Damaged files, seeded: each is read in full or refused with a <see cref="ModelFileException"/>, and neither takes memory that the file does not justify.</summary>
public sealed partial class SafetensorsMutationTests(ITestOutputHelper output) : IDisposable
{
    private static readonly string[] Replacements =
    [
        "0", "1", "-1", "7", "8", "1e3", "2.5", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "99999999999999999999999", "null", "true", "[]", "{}", "\"\"",
        "\"F32\"", "\"BF16\"", "\"I64\"", "\"BOOL\"", "\"F8_E4M3\"", "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", "\"u8\"", "\"\\ud800\"", "\"\\u0000\"",
    ];

    private readonly SafetensorsSample sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public void Open_TenThousandMutations_ReadsOrRefuses()
    {
        var tensors = SafetensorsSample.EveryType();
        SafetensorsWriter.Write(sample.Path(), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        var original = File.ReadAllBytes(sample.Path());
        var random = new Random(20_240_229);
        var reads = 0;

        SafetensorsSample.AssertNoTensorsLeft(() =>
        {
            for (var round = 0; round < 10_000; round++) reads += IsReadable(Mutate(original, random), round) ? 1 : 0;
        });

        output.WriteLine($"{reads} of 10000 mutations were still readable.");
        Assert.InRange(reads, 200, 5_000); // both ways out are well travelled
    }

    [Fact]
    public void Open_ThousandIndexMutations_ReadsOrRefuses()
    {
        var tensors = SafetensorsSample.EveryType();
        SafetensorsFolderWriter.Write(sample.Folder, tensors, maxShardBytes: 500);
        var path = sample.Path("model.safetensors.index.json");
        var original = File.ReadAllBytes(path);
        var random = new Random(7);
        var reads = 0;

        for (var round = 0; round < 1_000; round++)
        {
            File.WriteAllBytes(path, random.Next(2) == 0 ? FlipBytes(original, original.Length, random) : Encoding.UTF8.GetBytes(ReplaceToken(Encoding.UTF8.GetString(original), random)));
            try
            {
                using var folder = SafetensorsFolder.Open(sample.Folder);
                foreach (var name in folder.Entries.Keys) folder.Read(name).Dispose();
                reads++;
            }
            catch (ModelFileException)
            {
                // refused: the other good end
            }
        }

        Assert.InRange(reads, 10, 990);
    }

    private bool IsReadable(byte[] bytes, int round)
    {
        var path = sample.WriteBytes(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isReadable = true;
        long tensorBytes = 0;
        try
        {
            using var file = SafetensorsFile.Open(path);
            foreach (var name in file.Entries.Keys)
            {
                using var tensor = file.Read(name);
                tensorBytes += tensor.numel() * tensor.element_size();
            }
        }
        catch (ModelFileException error)
        {
            isReadable = false;
            Assert.InRange(error.Message.Length, 10, 1_000);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 64_000 + (20 * bytes.Length), $"Round {round} allocated {allocated} bytes for a file of {bytes.Length}.");
        Assert.True(tensorBytes <= bytes.Length, $"Round {round} read {tensorBytes} bytes out of {bytes.Length}.");
        return isReadable;
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var headerEnd = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(original);
        switch (random.Next(10))
        {
            case 0: return FlipBytes(original, original.Length, random);
            case 1 or 2: return FlipBytes(original, headerEnd, random);
            case 3: return FlipBytes(original, 8, random);
            case 4: return original[..random.Next(original.Length)];
            case 5: return [.. original, .. new byte[random.Next(1, 100)]];
        }

        var header = Encoding.UTF8.GetString(original.AsSpan(8, headerEnd - 8));
        for (var changes = random.Next(1, 4); changes > 0; changes--) header = random.Next(4) == 0 ? SwapDigits(header, random) : ReplaceToken(header, random);
        return SafetensorsSample.Assemble(header, original[headerEnd..]);
    }

    private static byte[] FlipBytes(byte[] original, int limit, Random random)
    {
        var bytes = (byte[])original.Clone();
        for (var flips = random.Next(1, 5); flips > 0; flips--) bytes[random.Next(limit)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    /// <summary>One string or number becomes another, or a copy of one that is elsewhere in the text.</summary>
    private static string ReplaceToken(string json, Random random)
    {
        var tokens = Token().Matches(json);
        if (tokens.Count == 0) return json;
        var token = tokens[random.Next(tokens.Count)];
        var replacement = random.Next(2) == 0 ? Replacements[random.Next(Replacements.Length)] : tokens[random.Next(tokens.Count)].Value;
        return json[..token.Index] + replacement + json[(token.Index + token.Length)..];
    }

    /// <summary>A digit changes: sizes and offsets that are nearly right.</summary>
    private static string SwapDigits(string json, Random random)
    {
        var characters = json.ToCharArray();
        int[] digits = [.. Enumerable.Range(0, characters.Length).Where(position => char.IsAsciiDigit(characters[position]))];
        characters[digits[random.Next(digits.Length)]] = (char)('0' + random.Next(10));
        return new string(characters);
    }

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|-?\d+
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Token();
}
