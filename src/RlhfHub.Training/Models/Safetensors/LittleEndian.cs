namespace RlhfHub.Training.Models.Safetensors;

/// <summary>The format is little-endian, and bytes are copied as they lie.</summary>
internal static class LittleEndian
{
    public static void Require()
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Safetensors files can be read and written only on little-endian machines.");
    }
}
