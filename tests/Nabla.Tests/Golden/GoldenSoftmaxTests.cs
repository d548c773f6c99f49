namespace Nabla.Tests.Golden;

public sealed class GoldenSoftmaxTests
{
    private static readonly GoldenCases Cases = new("softmax")
    {
        ["softmax over 0"] = x => x[0].Softmax(0),
        ["softmax over 1"] = x => x[0].Softmax(1),
        ["softmax over 2"] = x => x[0].Softmax(),
        ["log-softmax over 0"] = x => x[0].LogSoftmax(0),
        ["log-softmax over 1"] = x => x[0].LogSoftmax(1),
        ["log-softmax over 2"] = x => x[0].LogSoftmax(),
        ["softmax of large logits"] = x => x[0].Softmax(),
        ["log-softmax of large logits"] = x => x[0].LogSoftmax(),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Softmax_gives_what_libtorch_gave(string name) => Cases.Verify(name);

    [Fact]
    public void Each_softmax_has_its_golden_case() => Cases.VerifyComplete();
}
