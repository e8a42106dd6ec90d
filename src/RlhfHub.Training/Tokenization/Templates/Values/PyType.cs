using System.Numerics;
using RlhfHub.Training.Tokenization.Templates.Evaluation;

namespace RlhfHub.Training.Tokenization.Templates.Values;

/// <summary>What Python calls a value's kind, for messages, and whether it counts as true.</summary>
internal static class PyType
{
    public static string Name(object? value) => value switch
    {
        null => "None",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        string => "str",
        PyList => "list",
        PyTuple => "tuple",
        PyDict => "dict",
        PyView view => view.Kind,
        PyIterator => "generator",
        PyNamespace => "namespace",
        Undefined => "undefined value",
        LoopState => "loop",
        _ => "function",
    };

    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        PySequence sequence => sequence.Items.Count > 0,
        PyDict dict => dict.Count > 0,
        PyView view => view.Items.Count > 0,
        BigInteger number => !number.IsZero,
        _ => true,
    };

    public static TemplateFault Unfit(string operation, object? value) =>
        new(value is Undefined undefined ? undefined.Reason : $"{operation} does not take a value of type {Name(value)}");
}
