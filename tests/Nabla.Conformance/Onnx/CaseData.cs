using Nabla.Onnx;
using Nabla.Onnx.Protos;

namespace Nabla.Conformance.Onnx;

/// <summary>Reads the values of cases, and compares them.</summary>
internal static class CaseData
{
    private const double Relative = 1e-3;
    private const double Absolute = 1e-7;

    /// <summary>The value of a message of a type.</summary>
    /// <exception cref="NotSupportedException">The type is none that values have.</exception>
    public static OnnxData Read(byte[] message, TypeProto type) => type.ValueCase switch
    {
        TypeProto.ValueOneofCase.SequenceType => Read(SequenceProto.Parser.ParseFrom(message)),
        TypeProto.ValueOneofCase.OptionalType => Read(OptionalProto.Parser.ParseFrom(message)),
        TypeProto.ValueOneofCase.TensorType => Read(WithType(TensorProto.Parser.ParseFrom(message), type.TensorType.ElemType)),
        _ => throw new NotSupportedException($"values of {type.ValueCase}"),
    };

    /// <summary>What differs; null where the values agree.</summary>
    public static string? Difference(OnnxData expected, OnnxData found) => (expected, found) switch
    {
        (TensorData wanted, TensorData got) => Difference(wanted, got),
        (TextData wanted, TextData got) when wanted.Shape == got.Shape && wanted.Elements.SequenceEqual(got.Elements) => null,
        (SequenceData wanted, SequenceData got) when wanted.Items.Count == got.Items.Count =>
            wanted.Items.Zip(got.Items, Difference).FirstOrDefault(difference => difference is not null),
        (OptionalData { Content: null }, OptionalData { Content: null }) => null,
        (OptionalData { Content: { } wanted }, OptionalData { Content: { } got }) => Difference(wanted, got),
        (OptionalData { Content: { } wanted }, _) when found is not OptionalData => Difference(wanted, found),
        _ => $"expected {expected.Label} but got {found.Label}",
    };

    // Version 1.12 keeps the bits of bfloat16 as uint16.
    private static TensorProto WithType(TensorProto proto, int type)
    {
        proto.DataType = type == OnnxTypes.BFloat16 && proto.DataType == OnnxTypes.UInt16 ? type : proto.DataType;
        return proto;
    }

    private static OnnxData Read(TensorProto proto) => OnnxTensors.ReadData(proto, "data");

    private static SequenceData Read(SequenceProto proto) => new(
    [
        .. proto.TensorValues.Select(Read),
        .. proto.SequenceValues.Select(Read),
        .. proto.OptionalValues.Select(Read),
    ]);

    private static OptionalData Read(OptionalProto proto) => new(
        proto.TensorValue is { } tensor ? Read(tensor)
        : proto.SequenceValue is { } sequence ? Read(sequence)
        : proto.OptionalValue is { } optional ? Read(optional)
        : null);

    private static string? Difference(TensorData expected, TensorData found)
    {
        if (expected.Type != found.Type || expected.Tensor.Type != found.Tensor.Type)
        {
            return $"expected {expected.Label} but got {found.Label}";
        }

        double[] wanted = expected.Tensor.To(DataType.Float64).ToArray<double>();
        double[] got = found.Tensor.To(DataType.Float64).ToArray<double>();
        int odd = Array.FindIndex([.. wanted.Zip(got)], pair => !Agree(pair.First, pair.Second));
        return odd < 0 ? null : $"element {odd} is {got[odd]} but should be {wanted[odd]}";
    }

    private static bool Agree(double wanted, double got) =>
        wanted == got || (double.IsNaN(wanted) && double.IsNaN(got)) || Math.Abs(wanted - got) <= Absolute + (Relative * Math.Abs(wanted));
}
