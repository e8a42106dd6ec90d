namespace RlhfHub.Training.Devices;

/// <summary>
/// How long libtorch's threads wait for each other by spinning before they sleep. GNU OpenMP's default of many milliseconds is right on an idle machine only:
/// beside two busy processes on two cores it made a 0.5 B model's decoding 10 to 20 times slower, for the spinning thread holds the core that the awaited one needs.
/// https://gcc.gnu.org/onlinedocs/libgomp/GOMP_005fSPINCOUNT.html
/// </summary>
internal static class OpenMpPatience
{
    private const string Variable = "GOMP_SPINCOUNT";

    /// <summary>About a microsecond: as fast as the default on an idle machine, and three times faster than ten times as many beside two busy processes.</summary>
    private const string Spins = "1000";

    /// <summary>Sets the limit for a libgomp that is not loaded yet, unless the environment already says something.</summary>
    public static void Limit()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not null || Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is not null) return;
        NativeEnvironment.SetDefault(Variable, Spins);
    }
}
