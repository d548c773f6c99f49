namespace Nabla.Onnx;

/// <summary>How products of bytes stand in an ONNX model.</summary>
public enum QuantizedForm
{
    /// <summary>As products of floats between <c>QuantizeLinear</c> and <c>DequantizeLinear</c>, which runtimes make products of bytes of.</summary>
    QuantizeDequantize,

    /// <summary>
    /// As operators over bytes: <c>QLinearConv</c>, <c>QLinearMatMul</c>, and <c>ConvInteger</c> and <c>MatMulInteger</c> where the result is float or a bias
    /// is added that the former have no place for.
    /// </summary>
    Operators,
}
