using Nabla.Serving.Inference;

namespace Nabla.Serving.OpenInference;

/// <summary>
/// Sees that no field of an object comes twice: which of the two would count is for each reader to choose, and what was read by the first may not fit the
/// second.
/// </summary>
/// <param name="names">The fields that count, 32 at most; others may come as often as they like.</param>
internal struct OnceFields(string[] names)
{
    private uint met;

    /// <summary>Notes a field.</summary>
    /// <returns>Whether it is the first of its name.</returns>
    public bool IsFirst(string field)
    {
        int index = Array.IndexOf(names, field);
        uint bit = index < 0 ? 0 : 1u << index;
        bool isFirst = (met & bit) == 0;
        met |= bit;
        return isFirst;
    }

    /// <summary>What is said of one that is not.</summary>
    /// <param name="place">What errors call the object.</param>
    /// <param name="field">Its name.</param>
    public static ServingException Twice(string place, string field) => ServingException.Invalid($"{place} expects '{field}' once but got it twice.");
}
