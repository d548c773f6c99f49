using System.Globalization;

namespace Nabla.Client;

/// <summary>One of the best classes of an output.</summary>
/// <param name="Score">What the model gives it.</param>
/// <param name="Index">Its place among all classes, from 0.</param>
/// <param name="Label">Its name; null where the model has saved none.</param>
public sealed record ClassScore(float Score, int Index, string? Label)
{
    private const int Parts = 3;

    /// <summary>The class in a text of the protocol's classification: <c>score:index</c>, or <c>score:index:label</c>.</summary>
    /// <exception cref="ModelServerException">There is none in it.</exception>
    internal static ClassScore Parse(string text)
    {
        string[] parts = text.Split(':', Parts);
        return parts.Length > 1
            && float.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out float score)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                ? new ClassScore(score, index, parts.Length == Parts ? parts[2] : null)
                : throw new ModelServerException($"The server sent '{text}' where a class was asked for.", "invalid_answer");
    }
}
