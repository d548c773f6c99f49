using Nabla.Graphs.Free;
using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Export;

/// <summary>Says what inputs and outputs are.</summary>
internal static class ValueInfos
{
    /// <summary>A tensor with a shape whose free sizes have names.</summary>
    public static ValueInfoProto Of(string name, DataType dataType, IEnumerable<FreeSize> shape)
    {
        TensorShapeProto sizes = new();
        sizes.Dim.AddRange(shape.Select(size => size.Fixed is { } number
            ? new TensorShapeProto.Types.Dimension { DimValue = number }
            : new TensorShapeProto.Types.Dimension { DimParam = size.ToString() }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = OnnxTypes.Of(dataType), Shape = sizes } },
        };
    }
}
