namespace Nabla.Graphs;

/// <summary>What was made for each signature of types, up to so many: the one made first is forgotten first.</summary>
internal sealed class SignatureCache<T>(Func<TensorType[], T> create)
{
    private const int Most = 16;

    private readonly OrderedDictionary<Signature, T> known = [];

    /// <summary>What belongs to a signature, made now if it is met for the first time.</summary>
    public T Find(params TensorType[] types)
    {
        Signature signature = new(types);
        if (!known.TryGetValue(signature, out T? found))
        {
            found = create(types);
            if (known.Count == Most)
            {
                known.RemoveAt(0);
            }

            known[signature] = found;
        }

        return found;
    }

    private readonly struct Signature(TensorType[] types) : IEquatable<Signature>
    {
        private readonly TensorType[] types = types;

        public bool Equals(Signature other) => types.AsSpan().SequenceEqual(other.types);

        public override bool Equals(object? obj) => obj is Signature other && Equals(other);

        public override int GetHashCode() => types.Aggregate(types.Length, HashCode.Combine);
    }
}
