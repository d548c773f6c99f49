namespace Nabla.Onnx;

/// <summary>The numbers of an integer type that memory holds in a wider one.</summary>
/// <param name="Type">The type, of <see cref="OnnxTypes"/>.</param>
/// <param name="Least">The least number.</param>
/// <param name="Largest">The largest number.</param>
internal sealed record IntegerRange(int Type, double Least, double Largest)
{
    /// <summary>The range of a type; null where it has none, or the one of memory.</summary>
    public static IntegerRange? Of(int type)
    {
        double states = Math.ScaleB(1, OnnxTypes.BitsInFile(type));
        return type switch
        {
            OnnxTypes.UInt2 or OnnxTypes.UInt4 or OnnxTypes.UInt8 or OnnxTypes.UInt16 or OnnxTypes.UInt32 => new(type, 0, states - 1),
            OnnxTypes.Int2 or OnnxTypes.Int4 or OnnxTypes.Int8 or OnnxTypes.Int16 or OnnxTypes.Int32 => new(type, -states / 2, (states / 2) - 1),
            _ => null,
        };
    }

    /// <summary>Numbers cut to integers of the range that are the same modulo its size, as other runtimes convert them.</summary>
    /// <param name="x">Numbers.</param>
    /// <param name="from">Their type: what cannot leave the range is not looked at.</param>
    public Tensor Wrap(Tensor x, int from)
    {
        DataType memory = OnnxTypes.InMemory(Type)!.Value;
        bool isClamped = Type == OnnxTypes.Int32 && x.DataType.IsFloating;
        if (x.DataType == DataType.Bool || isClamped || (Of(from) is { } other && other.Least >= Least && other.Largest <= Largest))
        {
            return x.To(memory);
        }

        double states = Largest - Least + 1;
        Tensor wide = x.To(DataType.Float64);
        Tensor whole = x.DataType.IsFloating ? wide.Sign() * wide.Abs().Floor() : wide;
        return (whole - (((whole - Least) * (1 / states)).Floor() * states)).To(memory);
    }

    /// <summary>Whole numbers held within the range.</summary>
    public Tensor Saturate(Tensor x) => x.Clip(Least, Largest).To(OnnxTypes.InMemory(Type)!.Value);
}
