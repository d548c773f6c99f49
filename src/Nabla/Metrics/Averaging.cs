namespace Nabla.Metrics;

/// <summary>How figures of several classes become one.</summary>
public enum Averaging
{
    /// <summary>The mean of the classes' figures: each class counts the same. Classes that neither occur nor are answered are left out.</summary>
    Macro,

    /// <summary>The figure of all classes' counts together: each sample counts the same.</summary>
    Micro,
}
