using System.Globalization;
using RlhfHub.Domain.Models;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Models;

/// <summary>A win rate in words, never without its interval.</summary>
internal static class WinRateText
{
    /// <summary>Such as "61 % (48 to 73 %)".</summary>
    public static string Of(WinRate rate) => rate.Rate is { } share
        ? T("{0} % ({1} to {2} %)", Percent(share), Percent(rate.Low!.Value), Percent(rate.High!.Value))
        : T("nothing yet");

    /// <summary>Such as "12, 3, 8".</summary>
    public static string Counts(WinRate rate) => string.Join(", ", new[] { rate.Wins, rate.Ties, rate.Losses }.Select(count => count.ToString("0.#", CultureInfo.CurrentCulture)));

    private static string Percent(double share) => (100 * share).ToString("0", CultureInfo.CurrentCulture);
}
