using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.Tests.Data;

public sealed class UtcDateTimeConverterTests
{
    private static readonly DateTime Noon = new(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    private readonly UtcDateTimeConverter converter = new();

    [Fact]
    public void ToDatabase_Utc_StaysTheSame() => Assert.Equal(Noon, converter.ConvertToProvider(Noon));

    [Theory]
    [InlineData(DateTimeKind.Local)]
    [InlineData(DateTimeKind.Unspecified)]
    public void ToDatabase_AnyOtherKind_Throws(DateTimeKind kind) =>
        Assert.Throws<InvalidOperationException>(() => converter.ConvertToProvider(DateTime.SpecifyKind(Noon, kind)));

    [Fact]
    public void FromDatabase_TimeWithoutKind_IsUtc()
    {
        var read = (DateTime)converter.ConvertFromProvider(DateTime.SpecifyKind(Noon, DateTimeKind.Unspecified))!;

        Assert.Equal(DateTimeKind.Utc, read.Kind);
    }
}
