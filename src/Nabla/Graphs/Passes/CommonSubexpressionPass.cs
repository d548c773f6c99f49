using Nabla.Ops;

namespace Nabla.Graphs.Passes;

/// <summary>Computes what is the same once: nodes of equal ops with the same inputs become one. Small constants are compared by their bytes.</summary>
internal static class CommonSubexpressionPass
{
    private const int ComparedBytes = 8;

    /// <summary>The graph without repetitions.</summary>
    public static Graph ShareCommonSubexpressions(this Graph graph)
    {
        Dictionary<Key, IReadOnlyList<Result>> known = [];
        Dictionary<(TensorType Type, ulong Bits), Constant> constants = [];
        return graph.Rewrite((node, inputs, builder) =>
        {
            Value[] shared = [.. inputs.Select(Share)];
            Key key = new(node.Op, shared);
            return known.TryGetValue(key, out IReadOnlyList<Result>? same)
                ? same
                : known[key] = builder.Add(node.Op, shared, [.. node.Results.Select(result => result.Type)]);
        });

        Value Share(Value value)
        {
            if (value is not Constant constant || constant.Type.ByteCount > ComparedBytes)
            {
                return value;
            }

            ulong bits = 0;
            foreach (byte one in constant.Tensor.AsBytes())
            {
                bits = (bits << 8) | one;
            }

            return constants.TryGetValue((constant.Type, bits), out Constant? known) ? known : constants[(constant.Type, bits)] = constant;
        }
    }

    private readonly struct Key(Op op, Value[] inputs) : IEquatable<Key>
    {
        private readonly Op op = op;
        private readonly Value[] inputs = inputs;

        public bool Equals(Key other) => op.Equals(other.op) && inputs.AsSpan().SequenceEqual(other.inputs);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.Add(op);
            foreach (Value input in inputs)
            {
                hash.Add(input);
            }

            return hash.ToHashCode();
        }
    }
}
