using System.Text.RegularExpressions;
using Nabla.Keras.Hdf5;
using Nabla.Keras.Weights;

namespace Nabla.Keras.Layers;

/// <summary>A layer of a Keras model, and where its weights are to go.</summary>
internal sealed partial class KerasNode
{
    /// <summary>A layer, or a model within a model.</summary>
    /// <param name="className">Its Keras class.</param>
    /// <param name="name">Its Keras name.</param>
    public KerasNode(string className, string name) => (ClassName, Name) = (className, name);

    /// <summary>The Keras class.</summary>
    public string ClassName { get; }

    /// <summary>The Keras name.</summary>
    public string Name { get; }

    /// <summary>What errors call it.</summary>
    public string Label => $"{ClassName} '{Name}'";

    /// <summary>The path of Nabla's layer that has the weights, with dots; set where the place is known.</summary>
    public string Place { get; set; } = string.Empty;

    /// <summary>Whether gradients change its weights.</summary>
    public bool Trainable { get; init; } = true;

    /// <summary>Its weights in Keras' order, without those of the layers within.</summary>
    public IReadOnlyList<KerasVariable> Variables { get; init; } = [];

    /// <summary>The layers of a model within a model.</summary>
    public IReadOnlyList<KerasNode> Children { get; init; } = [];

    /// <summary>The data sets of the weights, found in a file.</summary>
    public IReadOnlyList<Hdf5Dataset> Datasets { get; set; } = [];

    /// <summary>Whether there are weights in it or in the layers within.</summary>
    public bool HasWeights => Variables.Count > 0 || Children.Any(child => child.HasWeights);

    /// <summary>The class as Keras calls groups of it, such as <c>conv2d_transpose</c>.</summary>
    public string SnakeName => Snake(ClassName is "Model" ? "Functional" : ClassName);

    /// <summary>It and all layers within.</summary>
    public IEnumerable<KerasNode> All() => Children.SelectMany(child => child.All()).Prepend(this);

    /// <summary>A class name in small letters with underscores, by Keras' rule.</summary>
    public static string Snake(string className) => LowerUpper().Replace(Word().Replace(className, "$1_$2"), "$1_$2").ToLowerInvariant();

    [GeneratedRegex("(.)([A-Z][a-z]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex("([a-z])([A-Z])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LowerUpper();
}
