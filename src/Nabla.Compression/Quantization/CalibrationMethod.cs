namespace Nabla.Compression;

/// <summary>How the range of an activation is chosen from the values that it had over calibration data.</summary>
public enum CalibrationMethod
{
    /// <summary>From the least to the largest value.</summary>
    MinMax,

    /// <summary>Without the outermost values: a share of them, see <see cref="QuantizationOptions.Percentile"/>, is within the range.</summary>
    Percentile,

    /// <summary>The range that loses the least information: the one of the smallest Kullback-Leibler divergence (Migacz, 8-bit Inference with TensorRT, 2017).</summary>
    Entropy,

    /// <summary>The range of the smallest mean squared error of the quantised values.</summary>
    MeanSquaredError,
}
