using System.Reflection;
using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Tests.Runs;

public sealed class NoTorchTests
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>The web process uses these types, and loads libtorch the moment one of them touches it.</summary>
    [Fact]
    public void Types_OfTheRunFolder_KnowNoTorch()
    {
        var types = typeof(RunFolder).Assembly.GetTypes().Where(type => type.Namespace == typeof(RunFolder).Namespace).ToList();

        var known = types.SelectMany(type => type.GetFields(Everything).Select(field => field.FieldType)
            .Concat(type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)).SelectMany(Types))
            .Append(type.BaseType ?? typeof(object)));

        Assert.True(types.Count > 20);
        Assert.DoesNotContain(known, type => type.Assembly.GetName().Name == "TorchSharp");
    }

    private static IEnumerable<Type> Types(MethodBase method) =>
        method.GetParameters().Select(parameter => parameter.ParameterType)
            .Concat(method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? [])
            .Append(method is MethodInfo { ReturnType: var result } ? result : typeof(void));
}
