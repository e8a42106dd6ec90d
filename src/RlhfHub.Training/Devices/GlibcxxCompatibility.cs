using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RlhfHub.Training.Devices;

/// <summary>
/// Lets TorchSharp 0.107 load where libstdc++ is older than GCC 13 (Debian 12). Its bridge names GLIBCXX_3.4.32 for one symbol that is never called;
/// marking that one requirement weak in a copy of the file is enough for the system's loader.
/// Remove this file when TorchSharp's Linux build asks for GLIBCXX_3.4.30 or less, or when Debian 12 is no longer supported.
/// </summary>
internal static class GlibcxxCompatibility
{
    internal const string MissingVersion = "GLIBCXX_3.4.32";

    private const uint SectionTypeVersionNeeds = 0x6ffffffe;
    private const ushort WeakFlag = 2;

    /// <summary>The path of a patched copy of <paramref name="bridge"/>, in a cache folder with links to the libraries beside it (its RUNPATH is $ORIGIN).</summary>
    internal static string PatchedCopy(string bridge)
    {
        var original = File.ReadAllBytes(bridge);
        var source = Path.GetDirectoryName(Path.GetFullPath(bridge))!;
        // Keyed by content and place: another build or another checkout links to other libraries.
        var key = Convert.ToHexStringLower(SHA256.HashData([.. SHA256.HashData(original), .. Encoding.UTF8.GetBytes(source)]))[..16];
        var folder = Path.Combine(CacheRoot(), $"libtorch-{key}");
        var patched = Path.Combine(folder, Path.GetFileName(bridge));
        if (File.Exists(patched)) return patched;

        var building = $"{folder}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(building);
        foreach (var library in Directory.EnumerateFiles(source).Where(file => file.Contains(".so", StringComparison.Ordinal) && file != Path.GetFullPath(bridge)))
            File.CreateSymbolicLink(Path.Combine(building, Path.GetFileName(library)), library);
        MarkWeak(original, MissingVersion);
        File.WriteAllBytes(Path.Combine(building, Path.GetFileName(bridge)), original);
        try
        {
            Directory.Move(building, folder);
        }
        catch (IOException) when (File.Exists(patched))
        {
            Directory.Delete(building, recursive: true);   // another process was quicker
        }
        return patched;
    }

    /// <summary>Sets the weak flag of <paramref name="version"/> in the ELF64 section .gnu.version_r. Layout: https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html.</summary>
    internal static void MarkWeak(Span<byte> elf, string version)
    {
        var sections = (int)U64(elf, 0x28);
        var sectionSize = U16(elf, 0x3a);
        var sectionCount = U16(elf, 0x3c);
        for (var i = 0; i < sectionCount; i++)
        {
            var section = elf.Slice(sections + i * sectionSize, sectionSize);
            if (U32(section, 4) != SectionTypeVersionNeeds) continue;
            var names = (int)U64(elf, sections + (int)U32(section, 0x28) * sectionSize + 0x18);
            var need = (int)U64(section, 0x18);
            for (var remaining = U32(section, 0x2c); remaining > 0; remaining--)
            {
                var entry = need + (int)U32(elf, need + 8);
                for (var count = U16(elf, need + 2); count > 0; count--)
                {
                    if (NameAt(elf, names + (int)U32(elf, entry + 8)).SequenceEqual(Encoding.ASCII.GetBytes(version)))
                        BinaryPrimitives.WriteUInt16LittleEndian(elf[(entry + 4)..], (ushort)(U16(elf, entry + 4) | WeakFlag));
                    entry += (int)U32(elf, entry + 12);
                }
                need += (int)U32(elf, need + 12);
            }
        }
    }

    private static string CacheRoot()
    {
        var data = Environment.GetEnvironmentVariable("RLHFHUB_DATA");
        if (!string.IsNullOrEmpty(data)) return Path.Combine(data, "cache");
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(local.Length > 0 ? local : Path.GetTempPath(), "RlhfHub", "cache");
    }

    private static ReadOnlySpan<byte> NameAt(ReadOnlySpan<byte> elf, int offset) => elf.Slice(offset, elf[offset..].IndexOf((byte)0));

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
