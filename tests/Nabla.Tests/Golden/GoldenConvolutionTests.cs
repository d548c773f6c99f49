namespace Nabla.Tests.Golden;

public sealed class GoldenConvolutionTests
{
    private static readonly GoldenCases Cases = new("convolutions")
    {
        ["2-D"] = x => x[0].Conv2D(x[1], x[2]),
        ["2-D stride 2"] = x => x[0].Conv2D(x[1], x[2], stride: 2),
        ["2-D stride 2 1 padding 1 2"] = x => x[0].Conv2D(x[1], x[2], stride: (2, 1), padding: new Padding(1, 1, 2, 2)),
        ["2-D dilation 2 1 padding 2"] = x => x[0].Conv2D(x[1], x[2], padding: 2, dilation: (2, 1)),
        ["2-D groups 2"] = x => x[0].Conv2D(x[1], x[2], groups: 2),
        ["2-D 1x1"] = x => x[0].Conv2D(x[1], x[2]),
        ["2-D 1x1 stride 2"] = x => x[0].Conv2D(x[1], x[2], stride: 2),
        ["2-D one channel 17 outputs"] = x => x[0].Conv2D(x[1], x[2]),
        ["depthwise"] = x => x[0].DepthwiseConv2D(x[1], x[2]),
        ["depthwise multiplier 2 stride 2"] = x => x[0].DepthwiseConv2D(x[1], x[2], stride: 2),
        ["1-D"] = x => x[0].Conv1D(x[1], x[2]),
        ["1-D stride 2 padding 2 dilation 2"] = x => x[0].Conv1D(x[1], x[2], stride: 2, padding: 2, dilation: 2),
        ["1-D groups 3"] = x => x[0].Conv1D(x[1], x[2], groups: 3),
        ["transposed"] = x => x[0].Conv2DTranspose(x[1], x[2]),
        ["transposed stride 2 padding 1"] = x => x[0].Conv2DTranspose(x[1], x[2], stride: 2, padding: 1),
        ["transposed stride 3 2 output padding 1"] = x => x[0].Conv2DTranspose(x[1], x[2], stride: (3, 2), padding: new Padding(1, 1, 0, 0), outputPadding: 1),
        ["transposed dilation 2 groups 2"] = x => x[0].Conv2DTranspose(x[1], x[2], dilation: 2, groups: 2),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Convolution_gives_what_libtorch_gave(string name) => Cases.Verify(name);

    [Fact]
    public void Each_convolution_has_its_golden_case() => Cases.VerifyComplete();
}
