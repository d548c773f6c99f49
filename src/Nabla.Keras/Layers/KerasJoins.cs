using Nabla.Layers;

namespace Nabla.Keras.Layers;

/// <summary>The classes of layers that join several inputs.</summary>
internal static class KerasJoins
{
    private static readonly Dictionary<string, JoinKind> Classes = new()
    {
        ["Add"] = JoinKind.Add,
        ["Subtract"] = JoinKind.Subtract,
        ["Multiply"] = JoinKind.Multiply,
        ["Average"] = JoinKind.Average,
        ["Maximum"] = JoinKind.Maximum,
        ["Minimum"] = JoinKind.Minimum,
        ["Concatenate"] = JoinKind.Concatenate,
    };

    /// <summary>The kind of a class; null for one that does not join.</summary>
    public static JoinKind? Find(string className) => Classes.TryGetValue(className, out JoinKind kind) ? kind : null;
}
