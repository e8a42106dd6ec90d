namespace RlhfHub.Training.Losses;

/// <summary>How a classifier did, per class and over all.</summary>
/// <param name="Confusion">Texts by (true class, predicted class).</param>
/// <param name="Accuracy">Share of texts that were right; 0 without texts.</param>
/// <param name="Classes">Per class, in the classes' order.</param>
public sealed record ClassificationMetrics(long[,] Confusion, double Accuracy, IReadOnlyList<ClassMetrics> Classes)
{
    /// <summary>Mean precision over the classes that occur, as a label or as a prediction (scikit-learn's macro average).</summary>
    public double MacroPrecision => Macro(metrics => metrics.Precision);

    /// <summary>Mean recall over the classes that occur.</summary>
    public double MacroRecall => Macro(metrics => metrics.Recall);

    /// <summary>Mean F1 over the classes that occur.</summary>
    public double MacroF1 => Macro(metrics => metrics.F1);

    /// <summary>Counts.</summary>
    /// <param name="labels">The true class of each text, 0 to <paramref name="classes"/> − 1; −100 for texts that do not count.</param>
    /// <param name="predictions">The predicted class of each text.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <exception cref="ArgumentException">As many predictions as labels are needed, each of a class.</exception>
    public static ClassificationMetrics Of(IReadOnlyList<long> labels, IReadOnlyList<long> predictions, int classes)
    {
        if (labels.Count != predictions.Count) throw new ArgumentException($"{predictions.Count} predictions for {labels.Count} labels.", nameof(predictions));
        var confusion = new long[classes, classes];
        foreach (var (label, prediction) in labels.Zip(predictions))
        {
            if (label == CrossEntropyLoss.Ignored) continue;
            if (label < 0 || label >= classes) throw new ArgumentException($"The label {label} is none of the classes 0 to {classes - 1}.", nameof(labels));
            if (prediction < 0 || prediction >= classes)
                throw new ArgumentException($"The prediction {prediction} is none of the classes 0 to {classes - 1}.", nameof(predictions));
            confusion[label, prediction]++;
        }
        return Of(confusion);
    }

    /// <summary>From counts that were added up elsewhere.</summary>
    /// <param name="confusion">Texts by (true class, predicted class).</param>
    public static ClassificationMetrics Of(long[,] confusion)
    {
        var all = Enumerable.Range(0, confusion.GetLength(0)).ToArray();
        ClassMetrics[] classes = [.. all.Select(c => new ClassMetrics(confusion[c, c], all.Sum(i => confusion[i, c]), all.Sum(i => confusion[c, i])))];
        return new(confusion, ClassMetrics.Share(classes.Sum(c => c.Right), classes.Sum(c => c.Labelled)), classes);
    }

    private double Macro(Func<ClassMetrics, double> pick) =>
        Classes.Where(c => c.Labelled + c.Predicted > 0).Select(pick).DefaultIfEmpty(0).Average();
}

/// <summary>How a classifier did on one class. A share of nothing is 0.</summary>
/// <param name="Right">Texts of the class that were predicted as it.</param>
/// <param name="Predicted">Texts predicted as the class.</param>
/// <param name="Labelled">Texts of the class (its support).</param>
public sealed record ClassMetrics(long Right, long Predicted, long Labelled)
{
    /// <summary>Share of the predictions that were right.</summary>
    public double Precision => Share(Right, Predicted);

    /// <summary>Share of the class that was found.</summary>
    public double Recall => Share(Right, Labelled);

    /// <summary>Harmonic mean of precision and recall.</summary>
    public double F1 => Share(2 * Right, Predicted + Labelled);

    internal static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
