using System.Globalization;

namespace RlhfHub.Web.Shared;

/// <summary>Sizes on the disk in words.</summary>
internal static class FileSize
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    /// <summary>Such as "4.3 MB", in steps of 1,000.</summary>
    public static string Of(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        for (; size >= 1000 && unit < Units.Length - 1; unit++) size /= 1000;
        return $"{size.ToString(unit == 0 || size >= 100 ? "0" : "0.0", CultureInfo.CurrentCulture)} {Units[unit]}";
    }
}
