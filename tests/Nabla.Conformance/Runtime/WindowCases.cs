using Nabla.Onnx.Protos;
using static Nabla.Conformance.Runtime.CaseParts;

namespace Nabla.Conformance.Runtime;

/// <summary>Convolutions, poolings, normalisations, resizing and regions where the official cases have none, or none of a version.</summary>
internal static class WindowCases
{
    public static IEnumerable<RuntimeCase> All() => [.. Convolutions(), .. Poolings(), .. Regions(), .. Sizes()];

    private static IEnumerable<RuntimeCase> Convolutions()
    {
        yield return new("conv_one_axis", 11, "Conv", 1, [Floats("x", 2, 3, 11), Floats("wk", 4, 3, 3), Floats("wb", 4)], Ints("strides", 2), Ints("dilations", 2), Ints("pads", 1, 2));
        yield return new("conv_three_axes", 11, "Conv", 1, [Floats("x", 1, 2, 5, 6, 4), Floats("wk", 3, 2, 2, 3, 2)], Ints("strides", 1, 2, 1), Ints("pads", 1, 1, 0, 0, 1, 1));
        yield return new("conv_same_lower", 11, "Conv", 1, [Floats("x", 1, 2, 7, 8), Floats("wk", 2, 2, 4, 2)], Word("auto_pad", "SAME_LOWER"), Ints("strides", 2, 1));
        yield return new("convtranspose_groups_dilated", 11, "ConvTranspose", 1, [Floats("x", 1, 4, 5, 4), Floats("wk", 4, 3, 3, 2), Floats("wb", 6)], Int("group", 2), Ints("dilations", 2, 1), Ints("strides", 2, 3), Ints("output_padding", 1, 0), Ints("pads", 1, 1, 2, 0));
        yield return new("convtranspose_output_shape", 11, "ConvTranspose", 1, [Floats("x", 1, 2, 4, 4), Floats("wk", 2, 1, 3, 3)], Ints("output_shape", 9, 8), Ints("strides", 2, 2));
        yield return new("convtranspose_one_axis", 11, "ConvTranspose", 1, [Floats("x", 2, 3, 6), Floats("wk", 3, 2, 4)], Ints("strides", 3));
        yield return new("batchnormalization_opset7", 7, "BatchNormalization", 1, [Floats("x", 2, 3, 4, 2), Floats("ws", 3), Floats("wb", 3), Floats("wm", 3), Positive("wv", 3)], Number("epsilon", 0.01f));
        yield return new("instancenormalization_one_axis", 7, "InstanceNormalization", 1, [Floats("x", 2, 3, 9), Floats("ws", 3), Floats("wb", 3)]);
        yield return new("lpnormalization_first_norm", 7, "LpNormalization", 1, [Floats("x", 3, 4)], Int("axis", 0), Int("p", 1));
        yield return new("meanvariancenormalization_axes", 13, "MeanVarianceNormalization", 1, [Floats("x", 2, 3, 4, 2)], Ints("axes", 1, 3));
        yield return new("layernormalization_middle_axis", 17, "LayerNormalization", 3, [Floats("x", 2, 3, 4), Floats("ws", 3, 4), Floats("wb", 3, 4)], Int("axis", 1), Number("epsilon", 0.001f));
        yield return new("groupnormalization_channels", 21, "GroupNormalization", 1, [Floats("x", 2, 6, 3, 2), Floats("ws", 6), Floats("wb", 6)], Int("num_groups", 3));
    }

    private static IEnumerable<RuntimeCase> Poolings()
    {
        yield return new("globallppool_first_norm", 7, "GlobalLpPool", 1, [Floats("x", 2, 3, 4, 5)], Int("p", 1));
        yield return new("globallppool_second_norm", 7, "GlobalLpPool", 1, [Floats("x", 2, 3, 6)]);
        yield return new("globallppool_third_norm_three_axes", 7, "GlobalLpPool", 1, [Floats("x", 1, 2, 3, 4, 2)], Int("p", 3));
        yield return new("maxroipool", 7, "MaxRoiPool", 1, [Floats("x", 2, 2, 8, 9), Floats("wrois", [0, 0, 0, 7, 7, 1, 2, 1, 6, 5, 0, 3, 4, 3, 4], 3, 5)], Ints("pooled_shape", 3, 2));
        yield return new("maxroipool_scaled", 7, "MaxRoiPool", 1, [Floats("x", 1, 3, 7, 7), Floats("wrois", [0, 1, 2, 13, 11, 0, 0, 6, 20, 20], 2, 5)], Ints("pooled_shape", 2, 3), Number("spatial_scale", 0.5f));
        yield return new("maxpool_indices_padded", 12, "MaxPool", 2, [Floats("x", 1, 2, 7, 6)], Ints("kernel_shape", 3, 2), Ints("strides", 2, 2), Ints("pads", 1, 0, 1, 1));
        yield return new("maxpool_column_major", 12, "MaxPool", 2, [Floats("x", 1, 2, 5, 6)], Ints("kernel_shape", 2, 3), Int("storage_order", 1));
        yield return new("averagepool_three_axes", 11, "AveragePool", 1, [Floats("x", 1, 2, 5, 6, 4)], Ints("kernel_shape", 2, 3, 2), Ints("strides", 2, 1, 2), Ints("pads", 1, 0, 1, 0, 1, 0), Int("ceil_mode", 1));
        yield return new("averagepool_counts_padding_opset7", 7, "AveragePool", 1, [Floats("x", 1, 2, 5, 6)], Ints("kernel_shape", 3, 3), Ints("pads", 1, 1, 1, 1), Int("count_include_pad", 1));
        yield return new("lppool_third_norm", 18, "LpPool", 1, [Floats("x", 1, 2, 7, 6)], Ints("kernel_shape", 3, 2), Ints("strides", 2, 1), Int("p", 3), Ints("pads", 1, 0, 0, 1));
    }

    private static IEnumerable<RuntimeCase> Regions()
    {
        yield return new("roialign_opset10", 10, "RoiAlign", 1, [Floats("x", 2, 2, 8, 8), Floats("wrois", [0.5f, 1, 6, 7, 2, 2, 7.5f, 4], 2, 4), Int64("wb", 1, 0)], Int("output_height", 3), Int("output_width", 2), Int("sampling_ratio", 2), Number("spatial_scale", 0.9f));
        yield return new("roialign_maximum", 16, "RoiAlign", 1, [Floats("x", 1, 2, 8, 8), Floats("wrois", [0.5f, 1, 6, 7], 1, 4), Int64("wb", 0)], Int("output_height", 2), Int("output_width", 2), Int("sampling_ratio", 3), Word("mode", "max"), Word("coordinate_transformation_mode", "half_pixel"));
        yield return new("nonmaxsuppression_classes", 11, "NonMaxSuppression", 1, [Boxes("boxes", 2, 12), Floats("scores", 2, 3, 12), Int64("wmost", 2), Floats("woverlap", [0.3f], 1), Floats("wleast", [-0.2f], 1)]);
        yield return new("nonmaxsuppression_centres", 11, "NonMaxSuppression", 1, [Boxes("boxes", 1, 10), Floats("scores", 1, 1, 10), Int64("wmost", 5), Floats("woverlap", [0.5f], 1)], Int("center_point_box", 1));
    }

    private static IEnumerable<RuntimeCase> Sizes()
    {
        yield return new("upsample_opset7_nearest", 7, "Upsample", 1, [Floats("x", 1, 2, 3, 4)], Word("mode", "nearest"), Numbers("scales", 1, 1, 2, 3));
        yield return new("upsample_opset9_linear", 9, "Upsample", 1, [Floats("x", 1, 2, 3, 4), Floats("wscales", [1, 1, 2, 2], 4)], Word("mode", "linear"));
        yield return new("resize_opset10_nearest", 10, "Resize", 1, [Floats("x", 1, 2, 4, 6), Floats("wscales", [1, 1, 0.5f, 1.5f], 4)], Word("mode", "nearest"));
        yield return new("resize_opset10_linear", 10, "Resize", 1, [Floats("x", 1, 2, 4, 6), Floats("wscales", [1, 1, 2, 0.7f], 4)], Word("mode", "linear"));
        yield return new("resize_pytorch_half_pixel", 13, "Resize", 1, [Floats("x", 1, 1, 4, 5), null, null, Int64("wsizes", 1, 1, 1, 8)], Word("mode", "linear"), Word("coordinate_transformation_mode", "pytorch_half_pixel"));
        yield return new("depthtospace_opset7", 7, "DepthToSpace", 1, [Floats("x", 2, 12, 2, 3)], Int("blocksize", 2));
        yield return new("spacetodepth_opset7", 7, "SpaceToDepth", 1, [Floats("x", 1, 3, 4, 6)], Int("blocksize", 2));
        yield return new("pad_opset7_reflect", 7, "Pad", 1, [Floats("x", 2, 3, 4)], Word("mode", "reflect"), Ints("pads", 0, 1, 2, 0, 2, 1));
        yield return new("pad_opset7_cut", 7, "Pad", 1, [Floats("x", 3, 4)], Ints("pads", -1, 1, 0, -2), Number("value", 0.5f));
    }

    private static TensorProto Boxes(string name, int batch, int count)
    {
        float[] corners = RandomKey.FromSeed(count).Uniform([batch * count * 4]).ToArray<float>();
        return Floats(name, corners, batch, count, 4);
    }
}
