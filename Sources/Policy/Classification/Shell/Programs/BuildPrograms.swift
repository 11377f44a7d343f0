import Model

/// Compilers, build systems, tests and checkers.
enum BuildPrograms {
  static let all: [ShellProgram] = [
    ShellProgram(
      "make gmake ninja just task rake ant mvn mvnw gradle gradlew bazel bazelisk buck2 scons meson waf earthly invoke fab tox nox lerna nx turbo rush "
        + "xcodebuild cmake ctest autoconf automake configure autoreconf pre-commit husky lefthook act mix rebar3 sbt lein qmake premake5 zig moon mage goreleaser buf protoc",
      .execute, .all("execute", "program"),
      taking: "C f j S B G D o I p t directory file jobs config build target output-on-failure W",
      note: "runs what the project says"
    ).reading("-n --dry-run --just-print"),
    ShellProgram(
      "pytest py.test unittest jest vitest mocha ava tap jasmine karma cypress playwright nightwatch rspec cucumber phpunit pest behave nose2 locust bats shellspec gotestsum "
        + "nextest ginkgo testcafe storybook wdio puppeteer k6-run hypothesis coverage nyc c8 stryker minitest prove",
      .execute, .all("execute", "program"),
      taking:
        "k m n p c o x config testPathPattern testNamePattern t reporter project grep maxfail tb cov workers timeout rootdir W",
      note: "runs the project's tests"),
    ShellProgram(
      "gcc g++ cc c++ clang clang++ ld as ar ranlib rustc javac kotlinc swiftc tsc ghc nasm yasm nvcc emcc tcc gfortran ocamlfind rollup webpack webpack-cli esbuild parcel vite next nuxt "
        + "astro gatsby remix svelte-kit ng tsup swc babel postcss sass tailwindcss browserify wasm-pack asc solc typedoc jsdoc sphinx-build mkdocs doxygen hugo jekyll eleventy cython pyinstaller nuitka "
        + "docusaurus vitepress gulp grunt snowpack expo react-native ionic cordova electron-builder electron tauri wails capacitor create-react-app create-next-app degit plop hygen cookiecutter copier yo nest rails django-admin flask uvicorn gunicorn "
        + "celery daphne hypercorn streamlit jupyter jupyter-lab nbconvert papermill http-server live-server json-server nodemon pm2 forever concurrently tsx-watch watchexec air reflex foreman overmind honcho supervisord supervisorctl "
        + "caddy nginx httpd apachectl apache2ctl haproxy traefik envoy", .execute, .none, writing: "-o",
      note: "runs or builds code"),
    ShellProgram(
      "eslint tslint stylelint markdownlint markdownlint-cli2 flake8 pylint mypy pyright pyre bandit vulture ruff black isort yapf autopep8 autoflake prettier biome oxlint rubocop standardrb shellcheck yamllint "
        + "actionlint golangci-lint staticcheck gofmt goimports gofumpt rustfmt clang-format clang-tidy cppcheck ktlint detekt checkstyle spotbugs phpstan psalm php-cs-fixer swiftlint swiftformat swift-format dprint taplo djlint "
        + "htmlhint jscpd knip depcheck madge ts-prune commitlint semgrep snyk gitleaks trufflehog codespell cspell vale textlint ajv sqlfluff pyupgrade shfmt nixfmt alejandra stylua terraform-docs dartfmt",
      .execute, .none,
      note: "a checker: it reads the project and its settings"
    ).formatter,
    ShellProgram(
      "strip objcopy patchelf install_name_tool codesign ldid lipo", .write, .all("write", "file"), taking: "s o"),
    ShellProgram(
      "gdb lldb valgrind perf dtrace bpftrace rr py-spy heaptrack gprof", .execute,
      note: "runs or attaches to a program"),
    ShellProgram(
      "claude codex gemini aider cursor-agent opencode goose amp copilot ollama llm", .execute,
      note: "an agent or a model"),
  ]
}

extension ShellProgram {
  /// Checkers that can also rewrite what they read.
  fileprivate var formatter: ShellProgram {
    let judge = self.judge
    return ShellProgram(names) { invocation, run in
      var judgement = judge(invocation, &run)
      let words = Set(invocation.arguments.map(\.text))
      let writes: Set<String> = [
        "--fix", "--write", "-w", "-i", "--in-place", "--autofix", "--format", "-a", "-A", "--auto-correct",
        "--fix-only", "--apply",
      ]
      let formats: Set<String> = ["black", "isort", "yapf", "autopep8", "swiftformat", "pyupgrade", "rustfmt"]
      let checks = !words.isDisjoint(with: ["--check", "--diff", "-d", "-l", "--list-different", "--dry-run"])
      if !checks,
        !words.isDisjoint(with: writes) || formats.contains(invocation.name)
          || invocation.name == "ruff" && words.contains("format")
      {
        judgement.note("rewrites files")
        for value in invocation.arguments
        where !value.text.hasPrefix("-") && value.text.contains(where: { $0 == "/" || $0 == "." }) {
          judgement.add("write", "file", run.path(value))
        }
      }
      return judgement
    }
  }
}
