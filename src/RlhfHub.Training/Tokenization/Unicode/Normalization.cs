using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace RlhfHub.Training.Tokenization.Unicode;

/// <summary>
/// Unicode normalization forms, https://www.unicode.org/reports/tr15/. <see cref="string.Normalize(NormalizationForm)"/> returns its input unchanged
/// where InvariantGlobalization is on, as it is in this product, and so cannot be used.
/// </summary>
internal static class Normalization
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7, VowelCount = 21, TrailCount = 28, HangulCount = 11172;

    private static readonly Lazy<Tables> Data = new(Tables.Read);

    public static string Normalize(string text, NormalizationForm form)
    {
        if (Ascii.IsValid(text)) return text;
        var isCompatible = form is NormalizationForm.FormKC or NormalizationForm.FormKD;
        var codePoints = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, isCompatible, codePoints);
        Reorder(codePoints);
        if (form is NormalizationForm.FormC or NormalizationForm.FormKC) Compose(codePoints);
        var result = new StringBuilder(text.Length);
        foreach (var codePoint in codePoints) result.Append(new Rune(codePoint));
        return result.ToString();
    }

    private static void Decompose(int codePoint, bool isCompatible, List<int> output)
    {
        if (codePoint < 0x80)
        {
            output.Add(codePoint);
            return;
        }
        if (codePoint is >= HangulBase and < HangulBase + HangulCount)
        {
            var index = codePoint - HangulBase;
            output.Add(LeadBase + index / (VowelCount * TrailCount));
            output.Add(VowelBase + index % (VowelCount * TrailCount) / TrailCount);
            if (index % TrailCount != 0) output.Add(TrailBase + index % TrailCount);
            return;
        }
        if (Data.Value.Decompositions.TryGetValue(codePoint, out var entry) && (isCompatible || !entry.IsCompatibility))
        {
            foreach (var part in entry.Parts) Decompose(part, isCompatible, output);
            return;
        }
        output.Add(codePoint);
    }

    // Marks that belong to one base are put in the order of their combining classes; equal classes keep their order.
    private static void Reorder(List<int> codePoints)
    {
        for (var start = 0; start < codePoints.Count; start++)
        {
            if (ClassOf(codePoints[start]) == 0) continue;
            var end = start + 1;
            while (end < codePoints.Count && ClassOf(codePoints[end]) != 0) end++;
            if (end - start > 1)
            {
                var ordered = codePoints.GetRange(start, end - start).OrderBy(ClassOf).ToArray();
                for (var i = 0; i < ordered.Length; i++) codePoints[start + i] = ordered[i];
            }
            start = end - 1;
        }
    }

    private static void Compose(List<int> codePoints)
    {
        var starter = -1;
        // The class of what stands between the base and here; -1 for nothing.
        var lastClass = -1;
        var write = 0;
        for (var read = 0; read < codePoints.Count; read++)
        {
            var current = codePoints[read];
            var currentClass = ClassOf(current);
            // A mark composes with its base only when no mark of the same or a higher class stands between them.
            if (starter >= 0 && lastClass < currentClass && Pair(codePoints[starter], current) is { } composed)
            {
                codePoints[starter] = composed;
                continue;
            }
            if (currentClass == 0)
            {
                starter = write;
                lastClass = -1;
            }
            else
            {
                lastClass = currentClass;
            }
            codePoints[write++] = current;
        }
        codePoints.RemoveRange(write, codePoints.Count - write);
    }

    private static int? Pair(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + 19 && second is >= VowelBase and < VowelBase + VowelCount)
            return HangulBase + ((first - LeadBase) * VowelCount + (second - VowelBase)) * TrailCount;
        if (first is >= HangulBase and < HangulBase + HangulCount && (first - HangulBase) % TrailCount == 0 && second is > TrailBase and < TrailBase + TrailCount)
            return first + second - TrailBase;
        return Data.Value.Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private static int ClassOf(int codePoint) => codePoint < 0x300 ? 0 : Data.Value.Classes.GetValueOrDefault(codePoint);

    private sealed class Tables
    {
        public Dictionary<int, int> Classes { get; } = [];
        public Dictionary<int, (int[] Parts, bool IsCompatibility)> Decompositions { get; } = [];
        public Dictionary<(int First, int Second), int> Compositions { get; } = [];

        public static Tables Read()
        {
            var tables = new Tables();
            using var packed = new ZLibStream(new MemoryStream(Convert.FromBase64String(NormalizationData.Packed)), CompressionMode.Decompress);
            using var lines = new StreamReader(packed);
            while (lines.ReadLine() is { } line)
            {
                if (line.StartsWith('#')) continue;
                var fields = line.Split(';');
                var codePoint = Hexadecimal(fields[0]);
                var combiningClass = int.Parse(fields[1], CultureInfo.InvariantCulture);
                if (combiningClass != 0) tables.Classes[codePoint] = combiningClass;
                if (fields[2] == "-") continue;
                var parts = fields[3].Split(' ').Select(Hexadecimal).ToArray();
                tables.Decompositions[codePoint] = (parts, fields[2] == "k");
                if (fields[2] == "c" && parts.Length == 2) tables.Compositions[(parts[0], parts[1])] = codePoint;
            }
            return tables;
        }

        private static int Hexadecimal(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
