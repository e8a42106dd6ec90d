using RlhfHub.Domain.Datasets.Formats;

namespace RlhfHub.Domain.Tests.Datasets.Formats;

public sealed class DamagedFileTests
{
    public static TheoryData<string> Names => DatasetFormatsTests.Names;

    [Theory, MemberData(nameof(Names))]
    public async Task Import_DamagedFile_GivesRowsAndErrorsOnly(string name)
    {
        var format = DatasetFormats.Find(name)!;
        var random = new Random(17);
        var generator = new ExampleGenerator(23, isWild: true);
        var examples = Enumerable.Range(0, 150).Select(_ => generator.Next(format.Kinds[0])).Where(example => example.ToString()!.Length < 3000 && format.ReasonAgainst(example) is null).Take(12).ToList();
        var errors = 0;
        for (var i = 0; i < 240; i++)
        {
            var (file, _) = await format.WriteAsync(examples, new() { IsGzip = i % 4 == 0, IsArray = format.HasArrays && i % 3 == 0 });

            var rows = await format.ReadAsync(Damage(file, random), new() { MaxRecordBytes = 200_000 });

            Assert.True(rows.Count <= 8 * examples.Count, $"{rows.Count} rows of {examples.Count} examples");
            foreach (var row in rows)
            {
                Assert.True(row.Example is null != row.Error is null);
                if (row.Error is null) continue;
                errors++;
                Assert.StartsWith($"Line {row.Line}", row.Error);
                Assert.EndsWith(".", row.Error);
            }
        }
        Assert.True(errors > 100, $"only {errors} errors: the damage does too little");
    }

    private static byte[] Damage(byte[] file, Random random)
    {
        List<byte> bytes = [.. file];
        for (var times = random.Next(1, 4); times > 0 && bytes.Count > 4; times--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 60), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }
        return [.. bytes];
    }
}
