namespace Nabla.Graphs;

/// <summary>What was made for each signature of types, up to so many: the one made first is forgotten first.</summary>
internal sealed class SignatureCache<T>(Func<TensorType[], T> create)
{
    private const int Most = 16;

    private readonly List<(TensorType[] Types, T Made)> known = [];

    /// <summary>What belongs to a signature, made now if it is met for the first time.</summary>
    public T Find(params ReadOnlySpan<TensorType> types)
    {
        foreach ((TensorType[] signature, T made) in known)
        {
            if (types.SequenceEqual(signature))
            {
                return made;
            }
        }

        if (known.Count == Most)
        {
            known.RemoveAt(0);
        }

        TensorType[] copy = types.ToArray();
        T created = create(copy);
        known.Add((copy, created));
        return created;
    }
}
