using Nabla.Onnx;
using static Nabla.Conformance.Runtime.CaseParts;

namespace Nabla.Conformance.Runtime;

/// <summary>Operators as older operator sets have them: attributes that became inputs, other defaults, other rules of broadcasting; and rarer forms.</summary>
internal static class OlderCases
{
    public static IEnumerable<RuntimeCase> All() => [.. Attributes(), .. Activations(), .. Places()];

    private static IEnumerable<RuntimeCase> Attributes()
    {
        yield return new("softmax_opset11_flattens", 11, "Softmax", 1, [Floats("x", 2, 3, 4)]);
        yield return new("logsoftmax_opset11_axis", 11, "LogSoftmax", 1, [Floats("x", 2, 3, 4)], Int("axis", 0));
        yield return new("hardmax_opset11", 11, "Hardmax", 1, [Floats("x", 2, 3, 4)], Int("axis", 1));
        yield return new("clip_opset7", 7, "Clip", 1, [Floats("x", 3, 4)], Number("min", -0.3f), Number("max", 0.6f));
        yield return new("slice_opset7", 7, "Slice", 1, [Floats("x", 4, 5, 6)], Ints("starts", 1, -3), Ints("ends", 4, 1000), Ints("axes", 0, 2));
        yield return new("squeeze_opset7", 7, "Squeeze", 1, [Floats("x", 1, 3, 1, 4)], Ints("axes", 2));
        yield return new("unsqueeze_opset7", 7, "Unsqueeze", 1, [Floats("x", 3, 4)], Ints("axes", 0, 3));
        yield return new("split_opset7", 7, "Split", 3, [Floats("x", 2, 6)], Int("axis", 1), Ints("split", 1, 3, 2));
        yield return new("split_opset11_even", 11, "Split", 2, [Floats("x", 2, 6)], Int("axis", -1));
        yield return new("reducesum_opset7", 7, "ReduceSum", 1, [Floats("x", 2, 3, 4)], Ints("axes", 0, 2), Int("keepdims", 0));
        yield return new("reducelogsumexp_opset11", 11, "ReduceLogSumExp", 1, [Floats("x", 2, 3, 4)], Ints("axes", -1));
        yield return new("topk_opset7", 7, "TopK", 2, [Floats("x", 3, 7)], Int("axis", 1), Int("k", 3));
        yield return new("topk_opset10", 10, "TopK", 2, [Floats("x", 5, 4), Int64("wk", 2)], Int("axis", 0));
        yield return new("topk_smallest", 11, "TopK", 2, [Floats("x", 5, 6), Int64("wk", 4)], Int("largest", 0));
        yield return new("dropout_opset7", 7, "Dropout", 1, [Floats("x", 3, 4)], Number("ratio", 0.6f));
        yield return new("gemm_opset7_turned", 7, "Gemm", 1, [Floats("x", 4, 3), Floats("wb", 5, 4), Floats("wc", 5)], Int("transA", 1), Int("transB", 1), Number("alpha", 0.5f), Number("beta", 2f));
        yield return new("gemm_column", 13, "Gemm", 1, [Floats("x", 3, 4), Floats("wb", 4, 2), Floats("wc", 3, 1)]);
        yield return new("scatter_opset9", 9, "Scatter", 1, [Floats("x", 3, 4), Longs("places", [2, 2], 1, 0, 2, 1), Floats("updates", 2, 2)], Int("axis", 0));
        yield return new("cast_opset7", 7, "Cast", 1, [Floats("x", 3, 4)], Int("to", OnnxTypes.Int32));
        yield return new("equal_opset7", 7, "Equal", 1, [Drawn("x", 0, 3, 3, 4), Drawn("x2", 0, 3, 4)]);
        yield return new("mean_opset8", 8, "Mean", 1, [Floats("x", 3, 4), Floats("x2", 4), Floats("x3", 1)]);
        yield return new("min_opset8_of_one", 8, "Min", 1, [Floats("x", 3, 4)]);
        yield return new("constantofshape_opset9", 9, "ConstantOfShape", 1, [Int64("wshape", 2, 3)]);
        yield return new("cumsum_both", 11, "CumSum", 1, [Floats("x", 3, 5), Int32Scalar("waxis", -1)], Int("exclusive", 1), Int("reverse", 1));
    }

    private static IEnumerable<RuntimeCase> Activations()
    {
        yield return new("selu_opset7_numbers", 7, "Selu", 1, [Floats("x", 3, 4)], Number("alpha", 1.2f), Number("gamma", 0.9f));
        yield return new("hardsigmoid_opset7", 7, "HardSigmoid", 1, [Floats("x", 3, 4)], Number("alpha", 0.4f), Number("beta", 0.3f));
        yield return new("thresholdedrelu", 10, "ThresholdedRelu", 1, [Floats("x", 3, 4)], Number("alpha", 0.4f));
        yield return new("shrink_soft", 9, "Shrink", 1, [Floats("x", 3, 4)], Number("lambd", 0.4f), Number("bias", 0.2f));
        yield return new("celu", 12, "Celu", 1, [Floats("x", 3, 4)], Number("alpha", 0.7f));
        yield return new("prelu_channels", 9, "PRelu", 1, [Floats("x", 2, 3, 4), Floats("wslope", 3, 1)]);
        yield return new("gelu_tanh", 20, "Gelu", 1, [Floats("x", 3, 4)], Word("approximate", "tanh"));
        yield return new("mod_fractions", 13, "Mod", 1, [Floats("x", 3, 4), Floats("x2", 4)], Int("fmod", 1));
        yield return new("mod_integers_below_zero", 13, "Mod", 1, [Drawn("x", -9, 9, 3, 4), Drawn("x2", 1, 5, 4)]);
        yield return new("round_halves", 11, "Round", 1, [Floats("x", [0.5f, 1.5f, -0.5f, -2.5f, 2.3f], 5)]);
        yield return new("isinf_below", 10, "IsInf", 1, [Floats("x", [float.NegativeInfinity, 1, float.PositiveInfinity, float.NaN], 4)], Int("detect_positive", 0));
        yield return new("pow_mixed_types", 13, "Pow", 1, [Floats("x", 3, 4), Drawn("x2", 0, 4, 4)]);
    }

    private static IEnumerable<RuntimeCase> Places()
    {
        yield return new("argmax_last_of_equal", 12, "ArgMax", 1, [Drawn("x", 0, 3, 4, 5)], Int("axis", 1), Int("select_last_index", 1), Int("keepdims", 0));
        yield return new("gathernd_batches", 12, "GatherND", 1, [Floats("x", 2, 3, 4), Longs("places", [2, 2, 1], 0, 2, 1, 0)], Int("batch_dims", 1));
        yield return new("gatherelements_below_zero", 11, "GatherElements", 1, [Floats("x", 3, 4), Longs("places", [2, 4], 0, -1, 2, 1, -3, 0, 1, -2)], Int("axis", 0));
        yield return new("scatternd_sums", 16, "ScatterND", 1, [Floats("x", 4, 3), Longs("places", [3, 1], 1, 3, 1), Floats("updates", 3, 3)], Word("reduction", "add"));
        yield return new("scatterelements_products", 16, "ScatterElements", 1, [Floats("x", 3, 4), Longs("wplaces", [2, 2], 1, 0, 1, 3), Floats("updates", 2, 2)], Int("axis", 1), Word("reduction", "mul"));
        yield return new("onehot_middle_axis", 11, "OneHot", 1, [Longs("places", [2, 3], 0, -1, 3, 2, 1, 0), Int64("wdepth", 4), Floats("wvalues", [-1, 2], 2)], Int("axis", 1));
        yield return new("compress_flat", 11, "Compress", 1, [Floats("x", 3, 2), Flags("wchosen", true, false, false, true, true)]);
        yield return new("reversesequence_batch_second", 10, "ReverseSequence", 1, [Floats("x", 4, 3, 2), Int64("wlengths", 4, 1, 3)], Int("time_axis", 0), Int("batch_axis", 1));
        yield return new("trilu_above", 14, "Trilu", 1, [Floats("x", 2, 4, 5), Int64Scalar("wk", 1)], Int("upper", 1));
        yield return new("eyelike_below", 9, "EyeLike", 1, [Floats("x", 4, 5)], Int("k", -2));
        yield return new("nonzero", 13, "NonZero", 1, [Drawn("x", 0, 2, 3, 4)]);
        yield return new("einsum_traces", 12, "Einsum", 1, [Floats("x", 3, 4, 4), Floats("x2", 3, 4)], Word("equation", "bii,bi->bi"));
        yield return new("expand_both_ways", 8, "Expand", 1, [Floats("x", 3, 1), Int64("wshape", 2, 1, 5)]);
        yield return new("tile", 7, "Tile", 1, [Floats("x", 2, 3), Int64("wtimes", 2, 3)]);
        yield return new("where_broadcast", 9, "Where", 1, [Flags("chosen", true, false, true), Floats("x", 2, 3), Floats("x2", 2, 1)]);
    }
}
